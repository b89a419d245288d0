// Pieces of Gemini's answers in OpenAI's form: https://ai.google.dev/api/caching#Part
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";

/** What a part of an answer is. */
export const enum Part {
  Text,
  Thought,
  Call,
  Image,
  Audio,
  /** Code that ran at Google, and whatever is not known. */
  Hidden,
}

/** What a part is. Empty texts are hidden. */
export function kindOfPart(doc: Document, part: i32): Part {
  const text = doc.get(part, "text");
  if (doc.isString(text)) {
    if (doc.stringLength(text) == 0) return Part.Hidden;
    return doc.isTrue(doc.get(part, "thought")) ? Part.Thought : Part.Text;
  }
  const call = doc.get(part, "functionCall");
  if (doc.isObject(call)) {
    return doc.stringLength(doc.get(call, "name")) > 0 ? Part.Call : Part.Hidden;
  }
  const media = doc.get(part, "inlineData");
  if (!doc.isString(doc.get(media, "data")) || doc.isTrue(doc.get(part, "thought"))) {
    return Part.Hidden;
  }
  return doc.stringStartsWith(doc.get(media, "mimeType"), "audio/") ? Part.Audio : Part.Image;
}

/**
 * Writes a call with all its arguments. `index` is left out where it is -1; `ownId` is used where
 * Gemini gives none. The signature goes where Google's own endpoint for OpenAI's clients has it, so
 * that they send it back.
 */
export function writeCall(
  doc: Document,
  part: i32,
  index: i32,
  ownId: string,
  json: JsonWriter,
): void {
  const call = doc.get(part, "functionCall");
  const id = doc.get(call, "id");
  json.beginObject();
  if (index >= 0) json.keyInteger("index", index);
  if (doc.stringLength(id) > 0) json.keyValue("id", doc, id);
  else json.keyString("id", ownId);
  json.keyString("type", "function");
  json.key("function");
  json.beginObject();
  json.keyString("name", doc.string(doc.get(call, "name")));
  json.key("arguments");
  const args = doc.get(call, "args");
  if (doc.absent(args)) json.ascii("{}");
  else json.stringBytes(doc.ptr + doc.start(args), doc.end(args) - doc.start(args));
  json.endObject();
  const signature = doc.get(part, "thoughtSignature");
  if (doc.stringLength(signature) > 0) {
    json.key("extra_content");
    json.beginObject();
    json.key("google");
    json.beginObject();
    json.keyValue("thought_signature", doc, signature);
    json.endObject();
    json.endObject();
  }
  json.endObject();
}

/** Writes a picture as OpenAI's content part for images, with its place among them. */
export function writeImage(doc: Document, part: i32, index: i32, json: JsonWriter): void {
  const media = doc.get(part, "inlineData");
  json.beginObject();
  json.keyInteger("index", index);
  json.keyString("type", "image_url");
  json.key("image_url");
  json.beginObject();
  json.key("url");
  json.beginString();
  json.stringText("data:");
  json.stringPart(doc, doc.get(media, "mimeType"));
  json.stringText(";base64,");
  json.stringPart(doc, doc.get(media, "data"));
  json.endString();
  json.endObject();
  json.endObject();
}

/** Writes a sound as OpenAI's `audio`, which Gemini gives no transcript of. */
export function writeAudio(
  doc: Document,
  part: i32,
  id: string,
  created: i64,
  json: JsonWriter,
): void {
  json.beginObject();
  json.keyString("id", id);
  json.keyValue("data", doc, doc.get(doc.get(part, "inlineData"), "data"));
  json.keyInteger("expires_at", created);
  json.keyString("transcript", "");
  json.endObject();
}

/** Writes `logprobsResult` as OpenAI's `logprobs`, or null where it is missing. */
export function writeLogprobs(doc: Document, result: i32, json: JsonWriter): void {
  const chosen = doc.get(result, "chosenCandidates");
  if (!doc.isArray(chosen)) {
    json.null();
    return;
  }
  let top = doc.first(doc.get(result, "topCandidates"));
  json.beginObject();
  json.key("content");
  json.beginArray();
  for (let token = doc.first(chosen); token >= 0; token = doc.next(token)) {
    json.beginObject();
    writeToken(doc, token, json);
    json.key("top_logprobs");
    json.beginArray();
    let other = doc.first(doc.get(top, "candidates"));
    for (; other >= 0; other = doc.next(other)) {
      json.beginObject();
      writeToken(doc, other, json);
      json.endObject();
    }
    json.endArray();
    json.endObject();
    top = doc.next(top);
  }
  json.endArray();
  json.keyNull("refusal");
  json.endObject();
}

function writeToken(doc: Document, token: i32, json: JsonWriter): void {
  const text = doc.get(token, "token");
  json.key("token");
  if (doc.isString(text)) json.value(doc, text);
  else json.ascii("");
  const probability = doc.get(token, "logProbability");
  json.key("logprob");
  // Zero is left out on the wire.
  if (doc.isNumber(probability)) json.value(doc, probability);
  else json.integer(0);
  json.keyNull("bytes");
}
