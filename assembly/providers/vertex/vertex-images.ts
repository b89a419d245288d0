// Pictures of those Gemini models that draw:
// https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/image-generation
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidUpstreamResponse,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { writeSafety } from "../gemini/gemini-request";
import { readUsage } from "../gemini/gemini-usage";

/** OpenAI's sizes, each with its shape and its resolution. */
const SIZES: string =
  " 256x256 1:1 1K 512x512 1:1 1K 1024x1024 1:1 1K 1792x1024 16:9 2K 1024x1792 9:16 2K" +
  " 1536x1024 3:2 2K 1024x1536 2:3 2K 2048x2048 1:1 2K 4096x4096 1:1 4K ";

/** Writes a request for one picture. */
export function writeImageRequest(
  safety: Map<string, string>,
  doc: Document,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const prompt = doc.get(root, "prompt");
  if (!doc.isString(prompt)) return missingParameter("prompt");
  if (doc.stringIs(doc.get(root, "response_format"), "url")) {
    return unsupportedValue("response_format", "Vertex AI gives 'b64_json' only.");
  }
  if (doc.integer(doc.get(root, "n"), 1) > 1) {
    return unsupportedValue("n", "Gemini draws one picture: 'n' must be 1.");
  }
  const json = new JsonWriter(out);
  json.beginObject();
  json.key("contents");
  json.beginArray();
  json.beginObject();
  json.keyString("role", "user");
  json.key("parts");
  json.beginArray();
  json.beginObject();
  json.keyValue("text", doc, prompt);
  json.endObject();
  json.endArray();
  json.endObject();
  json.endArray();
  writeSafety(safety, json);
  json.key("generationConfig");
  json.beginObject();
  json.key("responseModalities");
  json.beginArray();
  json.ascii("TEXT");
  json.ascii("IMAGE");
  json.endArray();
  const error = writeShape(doc, json);
  if (error !== null) return error;
  json.endObject();
  json.endObject();
  return null;
}

function writeShape(doc: Document, json: JsonWriter): ApiError | null {
  const root = doc.root();
  const size = doc.string(doc.get(root, "size"));
  const format = doc.string(doc.get(root, "output_format"));
  const hasSize = size.length > 0 && size != "auto";
  if (!hasSize && format.length == 0) return null;
  json.key("imageConfig");
  json.beginObject();
  if (hasSize) {
    const at = SIZES.indexOf(` ${size} `);
    if (at < 0) return unsupportedValue("size", "Vertex AI has no such size.");
    const words = SIZES.substring(at + 1).split(" ");
    json.keyString("aspectRatio", words[1]);
    // The usual one is not said, since not all models know of others.
    if (words[2] != "1K") json.keyString("imageSize", words[2]);
  }
  if (format.length > 0) {
    json.key("imageOutputOptions");
    json.beginObject();
    json.keyString("mimeType", "image/" + format);
    json.endObject();
  }
  json.endObject();
  return null;
}

/** Writes the pictures of an answer as OpenAI's list. */
export function writeDrawnImages(
  call: Call,
  doc: Document,
  provider: string,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyInteger("created", call.created);
  json.key("data");
  json.beginArray();
  let count = 0;
  for (let item = doc.first(doc.get(root, "candidates")); item >= 0; item = doc.next(item)) {
    const parts = doc.get(doc.get(item, "content"), "parts");
    for (let part = doc.first(parts); part >= 0; part = doc.next(part)) {
      const picture = doc.get(doc.get(part, "inlineData"), "data");
      if (!doc.isString(picture) || doc.isTrue(doc.get(part, "thought"))) continue;
      json.beginObject();
      json.keyValue("b64_json", doc, picture);
      json.endObject();
      ++count;
    }
  }
  if (count == 0) return refusal(doc, provider);
  json.endArray();
  const usage = call.usage;
  readUsage(doc, doc.get(root, "usageMetadata"), usage);
  if (usage.isKnown) {
    json.key("usage");
    json.beginObject();
    json.keyInteger("input_tokens", usage.prompt);
    json.keyInteger("output_tokens", usage.completion);
    json.keyInteger("total_tokens", usage.total());
    json.endObject();
  }
  json.endObject();
  return null;
}

/** Why an answer has no picture: something was held back, or it is none. */
function refusal(doc: Document, provider: string): ApiError {
  const root = doc.root();
  const blocked = doc.get(doc.get(root, "promptFeedback"), "blockReason");
  const finish = doc.get(doc.first(doc.get(root, "candidates")), "finishReason");
  const reason = doc.string(blocked >= 0 ? blocked : finish);
  if (reason.length == 0 || reason == "STOP") {
    return invalidUpstreamResponse(provider, "it has no picture");
  }
  const message = `The provider '${provider}' drew no picture (${reason}).`;
  return new ApiError(400, "invalid_request_error", "content_filter", message);
}
