// Embeddings, pictures and lists of models: https://ai.google.dev/api/embeddings
// https://ai.google.dev/api/models
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidType,
  invalidUpstreamResponse,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { checkTextInput, EmbeddingsWriter, firstText, nextText } from "../../openai/embeddings";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";

const PREFIX: string = "models/";
/** Sizes of pictures and the shapes that they have at Google. */
const SHAPES: string =
  " auto 1:1 256x256 1:1 512x512 1:1 1024x1024 1:1 1792x1024 16:9 1024x1792 9:16" +
  " 1536x1024 4:3 1024x1536 3:4 ";

/** The name of a model as a resource: `models/…`, unless it says what it is itself. */
export function resourceName(model: string): string {
  return model.includes("/") ? model : PREFIX + model;
}

// Embeddings

/** Writes a request for the vectors of all texts at once. */
export function writeEmbedRequest(model: string, doc: Document, out: ByteWriter): ApiError | null {
  const wrong = checkTextInput(doc);
  if (wrong !== null) return wrong;
  const root = doc.root();
  const dimensions = doc.get(root, "dimensions");
  const length = doc.integer(dimensions, 0);
  if (!doc.absent(dimensions) && length < 1)
    return invalidType("dimensions", "an integer from 1 on");
  const name = resourceName(model);
  const json = new JsonWriter(out);
  json.beginObject();
  json.key("requests");
  json.beginArray();
  const input = doc.get(root, "input");
  for (let text = firstText(doc, input); text >= 0; text = nextText(doc, input, text)) {
    json.beginObject();
    json.keyString("model", name);
    json.key("content");
    json.beginObject();
    json.key("parts");
    json.beginArray();
    json.beginObject();
    json.keyValue("text", doc, text);
    json.endObject();
    json.endArray();
    json.endObject();
    if (length > 0) json.keyInteger("outputDimensionality", length);
    json.endObject();
  }
  json.endArray();
  json.endObject();
  return null;
}

/** Writes the vectors as OpenAI's list. */
export function writeEmbeddings(
  call: Call,
  doc: Document,
  provider: string,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const items = doc.get(root, "embeddings");
  if (!doc.isArray(items)) return invalidUpstreamResponse(provider, "it has no 'embeddings'");
  const writer = new EmbeddingsWriter(new JsonWriter(out), call.wantsBase64);
  writer.begin();
  for (let item = doc.first(items); item >= 0; item = doc.next(item)) {
    const numbers = doc.get(item, "values");
    if (!doc.isArray(numbers)) return invalidUpstreamResponse(provider, "it has no 'values'");
    writer.vector(doc, numbers);
  }
  const tokens = doc.get(doc.get(root, "usageMetadata"), "promptTokenCount");
  call.usage.tellPrompt(doc.integer(tokens, 0));
  writer.end(call.model, call.usage.prompt);
  return null;
}

// Pictures

/** Writes a request for pictures of Imagen. */
export function writeImageRequest(doc: Document, out: ByteWriter): ApiError | null {
  const root = doc.root();
  const prompt = doc.get(root, "prompt");
  if (!doc.isString(prompt)) return missingParameter("prompt");
  if (doc.stringIs(doc.get(root, "response_format"), "url")) {
    return unsupportedValue("response_format", "Gemini gives 'b64_json' only.");
  }
  const count = doc.get(root, "n");
  const size = doc.get(root, "size");
  const json = new JsonWriter(out);
  json.beginObject();
  json.key("instances");
  json.beginArray();
  json.beginObject();
  json.keyValue("prompt", doc, prompt);
  json.endObject();
  json.endArray();
  json.key("parameters");
  json.beginObject();
  if (doc.isNumber(count)) json.keyValue("sampleCount", doc, count);
  if (doc.isString(size)) {
    const mark = " " + doc.string(size) + " ";
    const at = SHAPES.indexOf(mark);
    if (at < 0) return unsupportedValue("size", "Gemini has no such size.");
    const start = at + mark.length;
    if (mark != " auto ") {
      json.keyString("aspectRatio", SHAPES.substring(start, SHAPES.indexOf(" ", start)));
    }
  }
  json.endObject();
  json.endObject();
  return null;
}

/** Writes Imagen's pictures as OpenAI's list. */
export function writeImages(
  call: Call,
  doc: Document,
  provider: string,
  out: ByteWriter,
): ApiError | null {
  const items = doc.get(doc.root(), "predictions");
  if (doc.first(items) < 0) return invalidUpstreamResponse(provider, "it has no 'predictions'");
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyInteger("created", call.created);
  json.key("data");
  json.beginArray();
  for (let item = doc.first(items); item >= 0; item = doc.next(item)) {
    const picture = doc.get(item, "bytesBase64Encoded");
    if (!doc.isString(picture)) continue;
    json.beginObject();
    json.keyValue("b64_json", doc, picture);
    json.endObject();
  }
  json.endArray();
  json.endObject();
  return null;
}

// Models

/** Writes the list of models. */
export function writeModels(doc: Document, provider: string, out: ByteWriter): ApiError | null {
  let models = doc.get(doc.root(), "models");
  if (models < 0) models = doc.get(doc.root(), "publisherModels");
  if (!doc.isArray(models)) return invalidUpstreamResponse(provider, "it has no list 'models'");
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyString("object", "list");
  json.key("data");
  json.beginArray();
  for (let model = doc.first(models); model >= 0; model = doc.next(model)) {
    if (doc.isString(doc.get(model, "name"))) writeModel(doc, model, json);
  }
  json.endArray();
  json.endObject();
  return null;
}

/** Writes the one model that is the whole answer. */
export function writeOneModel(doc: Document, provider: string, out: ByteWriter): ApiError | null {
  const model = doc.root();
  if (!doc.isString(doc.get(model, "name"))) {
    return invalidUpstreamResponse(provider, "it has no 'name'");
  }
  writeModel(doc, model, new JsonWriter(out));
  return null;
}

function writeModel(doc: Document, model: i32, json: JsonWriter): void {
  const name = doc.string(doc.get(model, "name"));
  json.beginObject();
  // Publishers have models at Vertex AI.
  const start = name.startsWith("publishers/") ? name.indexOf(PREFIX) : 0;
  const isOwn = start >= 0 && name.indexOf(PREFIX, start) == start;
  json.keyString("id", isOwn ? name.substring(start + PREFIX.length) : name);
  json.keyString("object", "model");
  json.keyInteger("created", 0);
  json.keyString("owned_by", "google");
  json.endObject();
}
