// Embeddings and images, whose bodies are those of each model:
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidRequest,
  invalidUpstreamResponse,
  invalidValue,
  missingParameter,
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

const MOST_TEXTS: i32 = 96;
const MOST_IMAGES: i64 = 5;

const enum Embedder {
  Titan1,
  Titan2,
  TitanImage,
  Nova,
  Cohere3,
  Cohere4,
}

function embedderOf(model: string): Embedder {
  if (model.includes("cohere.")) {
    return model.includes("-v3") ? Embedder.Cohere3 : Embedder.Cohere4;
  }
  if (model.includes("amazon.nova")) return Embedder.Nova;
  if (model.includes("titan-embed-image")) return Embedder.TitanImage;
  const isFirst = model.includes("titan-embed-text-v1") || model.includes("titan-embed-g1");
  return isFirst ? Embedder.Titan1 : Embedder.Titan2;
}

/** Writes a request for embeddings. */
export function writeEmbedRequest(call: Call, doc: Document, out: ByteWriter): ApiError | null {
  const error = checkTextInput(doc);
  if (error !== null) return error;
  const kind = embedderOf(call.model);
  const input = doc.get(doc.root(), "input");
  const dimensions = doc.get(doc.root(), "dimensions");
  const hasDimensions = !doc.absent(dimensions);
  if (hasDimensions && (kind == Embedder.Titan1 || kind == Embedder.Cohere3)) {
    return unsupportedValue("dimensions", "This model's embeddings have one size only.");
  }
  const json = new JsonWriter(out);
  json.beginObject();
  if (kind >= Embedder.Cohere3) return writeCohere(doc, kind, json);
  if (countTexts(doc, input) > 1) {
    return unsupportedValue("input", "This model takes one text at a time.");
  }
  const text = firstText(doc, input);
  if (kind == Embedder.Nova) {
    writeNova(doc, text, dimensions, json);
  } else {
    json.keyValue("inputText", doc, text);
    if (hasDimensions && kind == Embedder.TitanImage) {
      json.key("embeddingConfig");
      json.beginObject();
      json.keyValue("outputEmbeddingLength", doc, dimensions);
      json.endObject();
    } else if (hasDimensions) {
      json.keyValue("dimensions", doc, dimensions);
    }
  }
  json.endObject();
  return null;
}

function writeNova(doc: Document, text: i32, dimensions: i32, json: JsonWriter): void {
  json.keyString("taskType", "SINGLE_EMBEDDING");
  json.key("singleEmbeddingParams");
  json.beginObject();
  json.keyString("embeddingPurpose", "GENERIC_INDEX");
  if (!doc.absent(dimensions)) json.keyValue("embeddingDimension", doc, dimensions);
  json.key("text");
  json.beginObject();
  json.keyString("truncationMode", "END");
  json.keyValue("value", doc, text);
  json.endObject();
  json.endObject();
}

function writeCohere(doc: Document, kind: Embedder, json: JsonWriter): ApiError | null {
  const root = doc.root();
  const input = doc.get(root, "input");
  if (countTexts(doc, input) > MOST_TEXTS) {
    return invalidValue("input", `Cohere's models take at most ${MOST_TEXTS} texts at a time.`);
  }
  json.key("texts");
  json.beginArray();
  for (let text = firstText(doc, input); text >= 0; text = nextText(doc, input, text)) {
    json.value(doc, text);
  }
  json.endArray();
  const type = doc.get(root, "input_type");
  if (doc.isString(type)) json.keyValue("input_type", doc, type);
  else json.keyString("input_type", "search_document");
  const truncate = doc.get(root, "truncate");
  if (doc.isString(truncate)) json.keyValue("truncate", doc, truncate);
  if (kind == Embedder.Cohere4) {
    json.key("embedding_types");
    json.beginArray();
    json.ascii("float");
    json.endArray();
    const dimensions = doc.get(root, "dimensions");
    if (!doc.absent(dimensions)) json.keyValue("output_dimension", doc, dimensions);
  }
  json.endObject();
  return null;
}

/** Writes OpenAI's list of vectors. `counted` is what the answer's header says of the prompt. */
export function writeEmbeddings(
  call: Call,
  counted: string,
  doc: Document,
  provider: string,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const one = doc.get(root, "embedding");
  let vectors = doc.get(root, "embeddings");
  if (doc.isObject(vectors)) vectors = doc.get(vectors, "float");
  if (!doc.isArray(one) && doc.first(vectors) < 0) {
    return invalidUpstreamResponse(provider, "it has no embeddings");
  }
  const writer = new EmbeddingsWriter(new JsonWriter(out), call.wantsBase64);
  writer.begin();
  if (doc.isArray(one)) {
    writer.vector(doc, one);
  } else {
    for (let item = doc.first(vectors); item >= 0; item = doc.next(item)) {
      const vector = doc.isObject(item) ? doc.get(item, "embedding") : item;
      if (!doc.isArray(vector)) return invalidUpstreamResponse(provider, "it has no embeddings");
      writer.vector(doc, vector);
    }
  }
  let tokens = doc.integer(doc.get(root, "inputTextTokenCount"), -1);
  if (tokens < 0) tokens = doc.integer(doc.get(root, "inputTokenCount"), -1);
  if (tokens < 0) tokens = isCount(counted) ? I64.parseInt(counted, 10) : -1;
  call.usage.isKnown = tokens >= 0;
  call.usage.prompt = max<i64>(tokens, 0);
  writer.end(call.model, call.usage.prompt);
  return null;
}

function isCount(text: string): bool {
  for (let i = 0; i < text.length; ++i) {
    const char = text.charCodeAt(i);
    if (char < 0x30 || char > 0x39) return false;
  }
  return text.length > 0 && text.length < 16;
}

// Images

/** Writes a request for pictures from a text, in the words of Amazon's own models. */
export function writeImageRequest(call: Call, doc: Document, out: ByteWriter): ApiError | null {
  const root = doc.root();
  if (call.model.length == 0) return missingParameter("model");
  const prompt = doc.get(root, "prompt");
  if (!doc.isString(prompt)) return missingParameter("prompt");
  if (doc.stringIs(doc.get(root, "response_format"), "url")) {
    const message = "Bedrock gives images as base64 only.";
    return unsupportedValue("response_format", message);
  }
  const count = doc.integer(doc.get(root, "n"), 1);
  if (count < 1 || count > MOST_IMAGES) {
    return invalidValue("n", `Bedrock gives 1 to ${MOST_IMAGES} images at a time.`);
  }
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyString("taskType", "TEXT_IMAGE");
  json.key("textToImageParams");
  json.beginObject();
  json.keyValue("text", doc, prompt);
  json.endObject();
  json.key("imageGenerationConfig");
  json.beginObject();
  json.keyInteger("numberOfImages", count);
  const error = writeSize(doc.string(doc.get(root, "size")), json);
  if (error !== null) return error;
  const quality = doc.string(doc.get(root, "quality"));
  if (quality == "hd" || quality == "high") json.keyString("quality", "premium");
  else if (quality.length > 0 && quality != "auto") json.keyString("quality", "standard");
  json.endObject();
  json.endObject();
  return null;
}

function writeSize(size: string, json: JsonWriter): ApiError | null {
  if (size.length == 0 || size == "auto") return null;
  const sides = size.split("x");
  if (sides.length != 2 || !isCount(sides[0]) || !isCount(sides[1])) {
    return invalidValue("size", "Invalid value for 'size': expected a size such as 1024x1024.");
  }
  json.keyInteger("width", I64.parseInt(sides[0], 10));
  json.keyInteger("height", I64.parseInt(sides[1], 10));
  return null;
}

/** Writes OpenAI's list of pictures. */
export function writeImages(
  call: Call,
  doc: Document,
  provider: string,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const images = doc.get(root, "images");
  const error = doc.get(root, "error");
  if (doc.first(images) < 0 && doc.stringLength(error) > 0) {
    return invalidRequest(doc.string(error), "", "content_filter");
  }
  if (doc.first(images) < 0) return invalidUpstreamResponse(provider, "it has no 'images'");
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyInteger("created", call.created);
  json.key("data");
  json.beginArray();
  for (let item = doc.first(images); item >= 0; item = doc.next(item)) {
    if (!doc.isString(item)) continue;
    json.beginObject();
    json.keyValue("b64_json", doc, item);
    json.endObject();
  }
  json.endArray();
  json.endObject();
  return null;
}
