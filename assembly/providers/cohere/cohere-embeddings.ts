// Embeddings: https://docs.cohere.com/reference/embed
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";
import { checkTextInput, EmbeddingsWriter, firstText, nextText } from "../../openai/embeddings";
import { Call } from "../call";
import { roundCount } from "./cohere-usage";

/** Writes a request. Images come in Cohere's own members, `images` or `inputs`. */
export function writeEmbeddingsRequest(
  call: Call,
  doc: Document,
  json: JsonWriter,
): ApiError | null {
  const root = doc.root();
  const inputs = doc.get(root, "inputs");
  const images = doc.get(root, "images");
  const hasOwn = doc.isArray(inputs) || doc.isArray(images);
  if (!hasOwn) {
    const error = checkTextInput(doc);
    if (error !== null) return error;
  }
  json.beginObject();
  json.keyString("model", call.model);
  if (doc.isArray(inputs)) json.keyValue("inputs", doc, inputs);
  else if (doc.isArray(images)) json.keyValue("images", doc, images);
  else writeTexts(doc, json);
  const type = doc.get(root, "input_type");
  const isImage = doc.isArray(images) && !doc.isArray(inputs);
  if (doc.isString(type)) json.keyValue("input_type", doc, type);
  else json.keyString("input_type", isImage ? "image" : "search_document");
  json.key("embedding_types");
  json.beginArray();
  json.ascii(call.wantsBase64 ? "base64" : "float");
  json.endArray();
  const dimensions = doc.get(root, "dimensions");
  if (!doc.absent(dimensions)) json.keyValue("output_dimension", doc, dimensions);
  const truncate = doc.get(root, "truncate");
  if (doc.isString(truncate)) json.keyValue("truncate", doc, truncate);
  json.endObject();
  return null;
}

function writeTexts(doc: Document, json: JsonWriter): void {
  const input = doc.get(doc.root(), "input");
  json.key("texts");
  json.beginArray();
  for (let text = firstText(doc, input); text >= 0; text = nextText(doc, input, text)) {
    json.value(doc, text);
  }
  json.endArray();
}

/** Writes OpenAI's answer. Servers may answer with floats where base64 was asked for. */
export function writeEmbeddingsAnswer(
  call: Call,
  doc: Document,
  provider: string,
  json: JsonWriter,
): ApiError | null {
  const root = doc.root();
  let vectors = doc.get(root, "embeddings");
  if (doc.isObject(vectors)) {
    const encoded = doc.get(vectors, "base64");
    const useEncoded = call.wantsBase64 && doc.isArray(encoded);
    vectors = useEncoded ? encoded : doc.get(vectors, "float");
  }
  if (!doc.isArray(vectors)) return invalidUpstreamResponse(provider, "it has no embeddings");
  const writer = new EmbeddingsWriter(json, call.wantsBase64);
  writer.begin();
  for (let item = doc.first(vectors); item >= 0; item = doc.next(item)) writer.vector(doc, item);
  const units = doc.get(doc.get(root, "meta"), "billed_units");
  const texts = roundCount(doc, doc.get(units, "input_tokens"));
  const tokens = texts + roundCount(doc, doc.get(units, "image_tokens"));
  call.usage.isKnown = doc.isObject(units);
  call.usage.prompt = tokens;
  writer.end(call.model, tokens);
  return null;
}
