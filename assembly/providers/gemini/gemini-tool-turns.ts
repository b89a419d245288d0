// Calls of functions in a conversation, and their results:
// https://ai.google.dev/gemini-api/docs/function-calling
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidValue, missingParameter, unsupportedValue } from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import { partPath } from "./gemini-media";
import { GeminiModel } from "./gemini-model";
import { GeminiTurns, Turn } from "./gemini-turns";

/** Tells a model that wants a call's signature back to do without it. */
const NO_SIGNATURE: string = "skip_thought_signature_validator";
/** Results of more calls than this stay in the order in which they come. */
const MOST_ORDERED: i32 = 256;

const TEXT: ByteWriter = new ByteWriter();
const PARSED: Document = new Document();

/** Writes calls and results, and remembers the names of calls by their ids. */
export class GeminiToolTurns {
  private doc: Document = PARSED;
  private json: JsonWriter = NO_WRITER;
  private model: GeminiModel = NO_MODEL;
  private sendsIds: bool = false;
  /** Names of all calls so far, by their ids. */
  private readonly names: Map<string, i32> = new Map<string, i32>();
  /** Ids of the calls of the last turn that has some. */
  private readonly ids: i32[] = [];
  private readonly written: i32[] = [];

  constructor(private readonly turns: GeminiTurns) {}

  begin(model: GeminiModel, doc: Document, sendsIds: bool, json: JsonWriter): void {
    this.model = model;
    this.doc = doc;
    this.json = json;
    this.sendsIds = sendsIds && model.isThird;
    this.ids.length = 0;
    this.names.clear();
  }

  // Calls

  /** Writes `tool_calls`, or `function_call`, of the message at `index`. */
  writeCalls(message: i32, index: i32): ApiError | null {
    const doc = this.doc;
    let place = 0;
    const calls = doc.get(message, "tool_calls");
    for (let call = doc.first(calls); call >= 0; call = doc.next(call), ++place) {
      const path = `messages[${index}].tool_calls[${place}]`;
      const inner = doc.get(call, "function");
      if (!doc.isObject(inner)) {
        if (!doc.stringIs(doc.get(call, "type"), "custom"))
          return missingParameter(path + ".function");
        return unsupportedValue(path, "Gemini has no custom tools.");
      }
      const id = doc.get(call, "id");
      if (!doc.isString(id)) return missingParameter(path + ".id");
      const error = this.writeCall(call, inner, id, path + ".function");
      if (error !== null) return error;
    }
    const legacy = doc.get(message, "function_call");
    if (place > 0 || !doc.isObject(legacy)) return null;
    return this.writeCall(message, legacy, -1, `messages[${index}].function_call`);
  }

  private writeCall(outer: i32, inner: i32, id: i32, path: string): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const name = doc.get(inner, "name");
    if (!doc.isString(name)) return missingParameter(path + ".name");
    this.turns.open(Turn.Model);
    const isFirst = !this.turns.hasCalls;
    this.turns.hasCalls = true;
    if (isFirst) this.ids.length = 0;
    this.ids.push(id);
    this.names.set(doc.string(id), name);
    json.beginObject();
    json.key("functionCall");
    json.beginObject();
    if (this.sendsIds && id >= 0) json.keyValue("id", doc, id);
    json.keyValue("name", doc, name);
    json.key("args");
    if (!this.writeArguments(doc.get(inner, "arguments"))) {
      const param = path + ".arguments";
      return invalidValue(
        param,
        `Invalid value for '${param}': expected the JSON text of an object.`,
      );
    }
    json.endObject();
    this.writeSignature(outer, isFirst);
    json.endObject();
    return null;
  }

  /** The signature that came with the call; of calls in parallel only the first one has one. */
  private writeSignature(call: i32, isFirst: bool): void {
    const doc = this.doc;
    const google = doc.get(doc.get(call, "extra_content"), "google");
    let signature = doc.get(google, "thought_signature");
    if (doc.stringLength(signature) == 0) signature = doc.get(call, "thought_signature");
    if (doc.stringLength(signature) > 0) {
      this.json.keyValue("thoughtSignature", doc, signature);
    } else if (isFirst && this.model.isThird) {
      this.json.keyString("thoughtSignature", NO_SIGNATURE);
    }
  }

  /** Writes arguments, which are JSON in a string, as the object that they say; none are `{}`. */
  private writeArguments(value: i32): bool {
    const doc = this.doc;
    if (doc.isObject(value)) {
      this.json.value(doc, value);
      return true;
    }
    if (!doc.absent(value) && !doc.isString(value)) return false;
    TEXT.clear();
    doc.decodeString(value, TEXT);
    if (TEXT.length == 0) TEXT.ascii("{}");
    return this.writeObject();
  }

  /** Writes the object that the text at hand is. False: it is none. */
  private writeObject(): bool {
    const isRead = PARSED.parse(TEXT.ptr, TEXT.length) && PARSED.isObject(PARSED.root());
    if (isRead) this.json.value(PARSED, PARSED.root());
    PARSED.release();
    return isRead;
  }

  // Results

  isResult(message: i32): bool {
    const role = this.doc.get(message, "role");
    return this.doc.stringIs(role, "tool") || this.doc.stringIs(role, "function");
  }

  /** The last of the results that follow each other. */
  endOfResults(first: i32): i32 {
    let last = first;
    for (let at = first; at >= 0 && this.isResult(at); at = this.doc.next(at)) last = at;
    return last;
  }

  /** Writes the results from `first` to `last` in the order of the calls; `index` is the first's. */
  writeResults(first: i32, last: i32, index: i32): ApiError | null {
    this.turns.open(Turn.Results);
    this.written.length = 0;
    const calls = this.ids.length;
    if (calls <= MOST_ORDERED && first != last) {
      for (let i = 0; i < calls; ++i) {
        const error = this.writeResultOf(this.ids[i], first, last, index);
        if (error !== null) return error;
      }
    }
    const end = this.doc.next(last);
    for (let at = first, place = index; at != end; at = this.doc.next(at), ++place) {
      if (this.written.includes(at)) continue;
      const error = this.writeResult(at, place);
      if (error !== null) return error;
    }
    return null;
  }

  private writeResultOf(id: i32, first: i32, last: i32, index: i32): ApiError | null {
    const doc = this.doc;
    const end = doc.next(last);
    for (let at = first, place = index; at != end; at = doc.next(at), ++place) {
      if (!doc.sameString(doc.get(at, "tool_call_id"), id)) continue;
      if (this.written.includes(at)) return null;
      this.written.push(at);
      return this.writeResult(at, place);
    }
    return null;
  }

  private writeResult(message: i32, index: i32): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const path = `messages[${index}]`;
    const isTool = doc.stringIs(doc.get(message, "role"), "tool");
    const id = doc.get(message, "tool_call_id");
    if (isTool && !doc.isString(id)) return missingParameter(path + ".tool_call_id");
    let name = doc.get(message, "name");
    if (isTool) {
      const text = doc.string(id);
      if (this.names.has(text)) name = this.names.get(text);
    }
    if (!doc.isString(name)) {
      if (!isTool) return missingParameter(path + ".name");
      const param = path + ".tool_call_id";
      return invalidValue(param, `Invalid value for '${param}': no call before it has this id.`);
    }
    json.beginObject();
    json.key("functionResponse");
    json.beginObject();
    if (this.sendsIds && isTool) json.keyValue("id", doc, id);
    json.keyValue("name", doc, name);
    json.key("response");
    const error = this.writeResponse(doc.get(message, "content"), index);
    json.endObject();
    json.endObject();
    return error;
  }

  /** Writes what a function answered, which has to be an object. */
  private writeResponse(content: i32, index: i32): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    TEXT.clear();
    doc.decodeString(content, TEXT);
    let place = 0;
    const parts = doc.isArray(content) ? doc.first(content) : -1;
    for (let part = parts; part >= 0; part = doc.next(part), ++place) {
      const text = doc.get(part, "text");
      if (!doc.isString(text)) {
        const message = "Gemini takes texts only here.";
        return unsupportedValue(partPath(index, place), message);
      }
      doc.decodeString(text, TEXT);
    }
    if (this.writeObject()) return null;
    json.beginObject();
    json.key("result");
    json.stringBytes(TEXT.ptr, TEXT.length);
    json.endObject();
    return null;
  }
}

const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
const NO_MODEL: GeminiModel = new GeminiModel("");
