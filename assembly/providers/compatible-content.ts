// What a compatible provider's models cannot take in: content parts and kinds of tools.
import { Document } from "../json/document";
import { ApiError, unsupportedValue } from "../openai/api-error";
import { ProviderSpec } from "./provider-spec";

/** The error for the first content part that the row refuses, or null. */
export function checkContent(spec: ProviderSpec, doc: Document): ApiError | null {
  if (spec.refusedParts.length == 0 && spec.takesImageUrls) return null;
  const messages = doc.get(doc.root(), "messages");
  let index = 0;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message), ++index) {
    const content = doc.get(message, "content");
    if (!doc.isArray(content)) continue;
    let place = 0;
    for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
      const error = checkPart(spec, doc, part, `messages[${index}].content[${place}]`);
      if (error !== null) return error;
    }
  }
  return null;
}

function checkPart(spec: ProviderSpec, doc: Document, part: i32, param: string): ApiError | null {
  const type = doc.get(part, "type");
  for (let i = 0; i < spec.refusedParts.length; ++i) {
    const refused = spec.refusedParts[i];
    if (!doc.stringIs(type, refused)) continue;
    const message = `The provider '${spec.id}' takes no content parts of type '${refused}'.`;
    return unsupportedValue(param, message);
  }
  if (spec.takesImageUrls || !doc.stringIs(type, "image_url")) return null;
  if (!doc.stringStartsWith(doc.get(doc.get(part, "image_url"), "url"), "http")) return null;
  const message = `The provider '${spec.id}' does not fetch images: send the image as a data URL.`;
  return unsupportedValue(param + ".image_url.url", message);
}

/** The error for the first tool of a kind that the row does not know, or null. */
export function checkTools(spec: ProviderSpec, doc: Document): ApiError | null {
  if (spec.takesCustomTools) return null;
  const tools = doc.get(doc.root(), "tools");
  let index = 0;
  for (let tool = doc.first(tools); tool >= 0; tool = doc.next(tool), ++index) {
    if (!doc.stringIs(doc.get(tool, "type"), "custom")) continue;
    const message = `The provider '${spec.id}' knows no tools of type 'custom'.`;
    return unsupportedValue(`tools[${index}].type`, message);
  }
  return null;
}
