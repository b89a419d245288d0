// Embeddings: https://platform.openai.com/docs/api-reference/embeddings
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { writeBase64 } from "../text/base64";
import { ByteWriter } from "../text/byte-writer";
import { ApiError, invalidType, missingParameter, unsupportedValue } from "./api-error";

/** 32-bit floats of one vector, little-endian. */
const FLOATS: ByteWriter = new ByteWriter();
const BASE64: ByteWriter = new ByteWriter();

/** How many texts are in `input`: 1 for a string. Only after `checkTextInput`. */
export function countTexts(doc: Document, input: i32): i32 {
  return doc.isArray(input) ? doc.size(input) : 1;
}

/** The first text in `input`; `nextText` gives the others. -1: there is none. */
export function firstText(doc: Document, input: i32): i32 {
  return doc.isArray(input) ? doc.first(input) : input;
}

/** The text behind `text`, or -1. */
export function nextText(doc: Document, input: i32, text: i32): i32 {
  return doc.isArray(input) ? doc.next(text) : -1;
}

/**
 * Checks that `input` is a text or a list of texts, as providers take it that do not know OpenAI's
 * tokens. Null: fine.
 */
export function checkTextInput(doc: Document): ApiError | null {
  const input = doc.get(doc.root(), "input");
  if (doc.absent(input)) return missingParameter("input");
  if (doc.isString(input)) return null;
  if (!doc.isArray(input)) return invalidType("input", "a string or an array of strings");
  for (let item = doc.first(input); item >= 0; item = doc.next(item)) {
    if (doc.isString(item)) continue;
    if (doc.isNumber(item) || doc.isArray(item)) {
      return unsupportedValue("input", "This provider takes texts only, and no arrays of tokens.");
    }
    return invalidType("input", "a string or an array of strings");
  }
  return doc.size(input) > 0 ? null : invalidType("input", "at least one string");
}

/** Whether the client wants vectors as base64, as OpenAI's own SDKs do unless they are told otherwise. */
export function wantsBase64(doc: Document): bool {
  return doc.stringIs(doc.get(doc.root(), "encoding_format"), "base64");
}

/** Writes an answer: `begin`, the vectors in order, `end`. */
export class EmbeddingsWriter {
  private count: i32 = 0;

  constructor(
    readonly json: JsonWriter,
    /** Vectors are written as base64. */
    readonly asBase64: bool,
  ) {}

  begin(): void {
    this.count = 0;
    this.json.beginObject();
    this.json.keyString("object", "list");
    this.json.key("data");
    this.json.beginArray();
  }

  /** One vector: a JSON array of numbers, or a string that already is base64. `index` -1: the next. */
  vector(doc: Document, numbers: i32, index: i32 = -1): void {
    const json = this.json;
    json.beginObject();
    json.keyString("object", "embedding");
    json.keyInteger("index", index < 0 ? this.count : index);
    this.count += 1;
    json.key("embedding");
    if (this.asBase64 && doc.isArray(numbers)) {
      const text = base64OfNumbers(doc, numbers);
      json.stringBytes(text.ptr, text.length);
    } else {
      json.value(doc, numbers);
    }
    json.endObject();
  }

  /** Closes the list. `tokens`: of all texts together; 0 where the provider does not say. */
  end(model: string, tokens: i64): void {
    const json = this.json;
    json.endArray();
    json.keyString("model", model);
    json.key("usage");
    json.beginObject();
    json.keyInteger("prompt_tokens", tokens);
    json.keyInteger("total_tokens", tokens);
    json.endObject();
    json.endObject();
  }
}

/** The base64 of a vector's numbers as 32-bit floats; holds until the next call. */
export function base64OfNumbers(doc: Document, numbers: i32): ByteWriter {
  FLOATS.clear();
  for (let item = doc.first(numbers); item >= 0; item = doc.next(item)) {
    FLOATS.float32(<f32>doc.number(item));
  }
  BASE64.clear();
  writeBase64(FLOATS.ptr, FLOATS.length, BASE64);
  return BASE64;
}
