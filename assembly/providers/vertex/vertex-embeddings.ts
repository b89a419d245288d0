// Embeddings of Vertex AI, whose models are asked in three ways:
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidType,
  invalidUpstreamResponse,
  unsupportedValue,
} from "../../openai/api-error";
import {
  checkTextInput,
  countTexts,
  EmbeddingsWriter,
  firstText,
  nextText,
} from "../../openai/embeddings";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";

/** How a model is asked for vectors. */
export const enum EmbedWay {
  /** `:predict` with all texts. */
  Predict,
  /** `:embedContent` with one text. */
  One,
  /** `:batchEmbedContents` with several texts. */
  Batch,
}

/** The action of a way, as the end of a path. */
export function embedAction(way: EmbedWay): string {
  if (way == EmbedWay.Predict) return ":predict";
  return way == EmbedWay.One ? ":embedContent" : ":batchEmbedContents";
}

/** Writes a request; its way goes to `call.note`. */
export function writeEmbedRequest(call: Call, doc: Document, out: ByteWriter): ApiError | null {
  const wrong = checkTextInput(doc);
  if (wrong !== null) return wrong;
  const root = doc.root();
  const input = doc.get(root, "input");
  const dimensions = doc.get(root, "dimensions");
  const length = doc.integer(dimensions, 0);
  if (!doc.absent(dimensions) && length < 1)
    return invalidType("dimensions", "an integer from 1 on");
  const isServed = call.model.includes("maas");
  const isOne = countTexts(doc, input) == 1;
  if (isServed && !isOne) {
    return unsupportedValue("input", "This model takes one text at a time.");
  }
  // The first Gemini that embeds takes one text by `:predict`.
  const isFirst = call.model.endsWith("gemini-embedding-001");
  let way = EmbedWay.Predict;
  if (isServed || call.model.includes("gemini")) way = isOne ? EmbedWay.One : EmbedWay.Batch;
  if (isFirst && isOne) way = EmbedWay.Predict;
  call.note = way;
  const json = new JsonWriter(out);
  if (way == EmbedWay.One) {
    writeContent(doc, firstText(doc, input), length, json);
    return null;
  }
  json.beginObject();
  json.key(way == EmbedWay.Batch ? "requests" : "instances");
  json.beginArray();
  for (let text = firstText(doc, input); text >= 0; text = nextText(doc, input, text)) {
    if (way == EmbedWay.Batch) {
      writeContent(doc, text, length, json);
      continue;
    }
    json.beginObject();
    json.keyValue("content", doc, text);
    json.endObject();
  }
  json.endArray();
  if (way == EmbedWay.Predict && length > 0) writeLength("parameters", length, json);
  json.endObject();
  return null;
}

function writeContent(doc: Document, text: i32, length: i64, json: JsonWriter): void {
  json.beginObject();
  json.key("content");
  json.beginObject();
  json.key("parts");
  json.beginArray();
  json.beginObject();
  json.keyValue("text", doc, text);
  json.endObject();
  json.endArray();
  json.endObject();
  if (length > 0) writeLength("embedContentConfig", length, json);
  json.endObject();
}

function writeLength(name: string, length: i64, json: JsonWriter): void {
  json.key(name);
  json.beginObject();
  json.keyInteger("outputDimensionality", length);
  json.endObject();
}

/** Writes the vectors of an answer, whichever way was asked, as OpenAI's list. */
export function writeEmbeddings(
  call: Call,
  doc: Document,
  provider: string,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const predictions = doc.get(root, "predictions");
  const single = doc.get(root, "embedding");
  const list = doc.isArray(predictions) ? predictions : doc.get(root, "embeddings");
  if (!doc.isArray(list) && !doc.isObject(single)) {
    return invalidUpstreamResponse(provider, "it has no embeddings");
  }
  const writer = new EmbeddingsWriter(new JsonWriter(out), call.wantsBase64);
  writer.begin();
  let tokens = doc.number(doc.get(doc.get(root, "usageMetadata"), "promptTokenCount"));
  if (isNaN(tokens)) tokens = 0;
  let item = doc.isArray(list) ? doc.first(list) : single;
  while (item >= 0) {
    const inner = doc.get(item, "embeddings");
    const numbers = doc.get(inner >= 0 ? inner : item, "values");
    if (!doc.isArray(numbers)) return invalidUpstreamResponse(provider, "it has no 'values'");
    writer.vector(doc, numbers);
    const count = doc.number(doc.get(doc.get(inner, "statistics"), "token_count"));
    if (!isNaN(count)) tokens += count;
    item = item == single ? -1 : doc.next(item);
  }
  call.usage.tellPrompt(<i64>tokens);
  writer.end(call.model, call.usage.prompt);
  return null;
}
