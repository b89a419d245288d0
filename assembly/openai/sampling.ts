// Numbers and stop sequences of a request, for providers that have other ranges and words for them:
// https://platform.openai.com/docs/api-reference/chat/create
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidType } from "./api-error";

/**
 * Writes a number of the request under the provider's name: as the client wrote it, or the end of
 * the provider's range that it is beyond. Nothing where the request has none.
 */
export function writeFitted(
  doc: Document,
  name: string,
  nativeName: string,
  lowest: f64,
  highest: f64,
  json: JsonWriter,
): ApiError | null {
  const value = doc.get(doc.root(), name);
  if (doc.absent(value)) return null;
  if (!doc.isNumber(value)) return invalidType(name, "a number");
  const number = doc.number(value);
  json.key(nativeName);
  if (number < lowest) json.number(lowest);
  else if (number > highest) json.number(highest);
  else json.value(doc, value);
  return null;
}

/** Adds the request's stop sequences to a list. */
export function readStops(doc: Document, stops: string[]): ApiError | null {
  const stop = doc.get(doc.root(), "stop");
  if (doc.absent(stop)) return null;
  const isText = doc.isString(stop);
  if (!isText && !doc.isArray(stop)) return invalidType("stop", "a string or an array of strings");
  for (let item = isText ? stop : doc.first(stop); item >= 0; item = isText ? -1 : doc.next(item)) {
    if (!doc.isString(item)) return invalidType("stop", "a string or an array of strings");
    if (doc.stringLength(item) > 0) stops.push(doc.string(item));
  }
  return null;
}
