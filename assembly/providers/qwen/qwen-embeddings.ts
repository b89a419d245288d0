// Embeddings in DashScope's own form:
// https://www.alibabacloud.com/help/en/model-studio/text-embedding-synchronous-api
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidType, invalidUpstreamResponse } from "../../openai/api-error";
import { checkTextInput, EmbeddingsWriter, firstText, nextText } from "../../openai/embeddings";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";

/** Parameters that go through under their own name. */
// @ts-ignore: decorator
@lazy
const SHARED: StaticArray<string> = ["text_type", "output_type", "instruct"];

/** Writes the request. An error names what cannot be said. */
export function writeEmbeddingsRequest(
  call: Call,
  doc: Document,
  out: ByteWriter,
): ApiError | null {
  const error = checkTextInput(doc);
  if (error !== null) return error;
  const root = doc.root();
  const dimensions = doc.get(root, "dimensions");
  if (!doc.absent(dimensions) && doc.integer(dimensions, 0) <= 0) {
    return invalidType("dimensions", "a positive integer");
  }
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyString("model", call.model);
  json.key("input");
  json.beginObject();
  json.key("texts");
  json.beginArray();
  const input = doc.get(root, "input");
  for (let text = firstText(doc, input); text >= 0; text = nextText(doc, input, text)) {
    json.value(doc, text);
  }
  json.endArray();
  json.endObject();
  json.key("parameters");
  json.beginObject();
  if (!doc.absent(dimensions)) json.keyValue("dimension", doc, dimensions);
  for (let i = 0; i < SHARED.length; ++i) {
    const value = doc.get(root, unchecked(SHARED[i]));
    if (!doc.absent(value)) json.keyValue(unchecked(SHARED[i]), doc, value);
  }
  json.endObject();
  json.endObject();
  return null;
}

/** Writes the answer, its vectors in the order of the texts. */
export function writeEmbeddings(
  provider: string,
  call: Call,
  doc: Document,
  out: ByteWriter,
): ApiError | null {
  const items = doc.get(doc.get(doc.root(), "output"), "embeddings");
  if (!doc.isArray(items)) return invalidUpstreamResponse(provider, "it has no 'embeddings'");
  const writer = new EmbeddingsWriter(new JsonWriter(out), call.wantsBase64);
  writer.begin();
  let next = doc.first(items);
  for (let index = 0, count = doc.size(items); index < count; ++index, next = doc.next(next)) {
    // Nearly always they stand in order.
    const isNext = doc.integer(doc.get(next, "text_index"), index) == index;
    const item = isNext ? next : findText(doc, items, index);
    const vector = doc.get(item, "embedding");
    if (!doc.isArray(vector)) return invalidUpstreamResponse(provider, "a text has no 'embedding'");
    writer.vector(doc, vector, index);
  }
  const usage = doc.get(doc.root(), "usage");
  const tokens = doc.integer(doc.get(usage, "total_tokens"), 0);
  call.usage.isKnown = doc.isObject(usage);
  call.usage.prompt = tokens;
  writer.end(call.model, tokens);
  return null;
}

/** The vector of the text at a place; without `text_index` it stands there itself. */
function findText(doc: Document, items: i32, index: i32): i32 {
  let place = 0;
  for (let item = doc.first(items); item >= 0; item = doc.next(item), ++place) {
    if (doc.integer(doc.get(item, "text_index"), place) == index) return item;
  }
  return -1;
}
