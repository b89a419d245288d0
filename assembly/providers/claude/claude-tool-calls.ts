// Calls of earlier turns as `tool_use` blocks:
// https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidValue, missingParameter, unsupportedValue } from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import { writeCacheControl } from "./claude-blocks";

const ARGUMENTS_TEXT: ByteWriter = new ByteWriter();
const ARGUMENTS: Document = new Document();

/**
 * Writes the tool calls of a request's history, and remembers what later parts of the request need
 * to know.
 */
export class ToolCallWriter {
  /** A turn calls tools without the thinking that led to the call. */
  lacksThinking: bool = false;
  /** The turn at hand has thinking. */
  hasThinking: bool = false;
  /** How many calls were of the kind that has no id. */
  functions: i32 = 0;
  /** Each tool that was called, once. */
  names: string[] = [];
  protected json: JsonWriter = NO_WRITER;

  constructor(
    /** The provider as messages name it. */
    private readonly provider: string = "Claude",
  ) {}

  begin(json: JsonWriter): void {
    this.json = json;
    this.lacksThinking = false;
    this.hasThinking = false;
    this.functions = 0;
    this.names.length = 0;
  }

  /** Begins a turn of the assistant. */
  beginTurn(): void {
    this.hasThinking = false;
  }

  /**
   * Writes a message's `tool_calls`. `cache` is the message's `cache_control`, or -1; `index` its
   * place.
   */
  write(doc: Document, calls: i32, cache: i32, index: i32): ApiError | null {
    let place = 0;
    for (let call = doc.first(calls); call >= 0; call = doc.next(call), ++place) {
      const inner = doc.get(call, "function");
      if (!doc.isObject(inner)) {
        return refuseCall(doc, call, this.provider, `messages[${index}].tool_calls[${place}]`);
      }
      const id = doc.get(call, "id");
      if (!doc.isString(id)) return missingParameter(`messages[${index}].tool_calls[${place}].id`);
      this.beginCall();
      this.writeId(doc, id);
      if (!this.writeFunctionOf(doc, inner)) {
        return invalidCall(doc, inner, `messages[${index}].tool_calls[${place}].function`);
      }
      this.endCall(doc, doc.next(call) < 0 ? cache : -1);
    }
    return null;
  }

  /** Writes a message's `function_call`, which has no id. */
  writeFunction(doc: Document, call: i32, index: i32): ApiError | null {
    this.functions += 1;
    this.beginCall();
    this.writeFunctionId();
    if (!this.writeFunctionOf(doc, call)) {
      return invalidCall(doc, call, `messages[${index}].function_call`);
    }
    this.endCall(doc, -1);
    return null;
  }

  /** Writes the id of the last `function_call`. */
  writeFunctionId(): void {
    this.json.beginString();
    this.json.out.ascii("call_");
    this.json.out.integer(this.functions);
    this.json.endString();
  }

  /** Writes the id of a call. Ids of other providers may hold characters that Claude refuses. */
  writeId(doc: Document, id: i32): void {
    if (doc.stringStartsWith(id, "call_") || doc.stringStartsWith(id, "toolu_")) {
      this.json.value(doc, id);
      return;
    }
    const text = doc.string(id);
    this.json.beginString();
    for (let i = 0; i < text.length; ++i) {
      const char = text.charCodeAt(i);
      this.json.out.byte(isIdChar(char) ? <u8>char : 0x5f);
    }
    this.json.endString();
  }

  /** Writes what stands before a call's id. */
  protected beginCall(): void {
    if (!this.hasThinking) this.lacksThinking = true;
    this.json.beginObject();
    this.json.out.ascii('"type":"tool_use","id":');
  }

  /** Writes what stands behind a call's input. */
  protected endCall(doc: Document, cache: i32): void {
    writeCacheControl(doc, cache, this.json);
    this.json.endObject();
  }

  /** Writes name and input. False: there is no name, or the arguments are no JSON object. */
  private writeFunctionOf(doc: Document, inner: i32): bool {
    const name = doc.get(inner, "name");
    if (!doc.isString(name)) return false;
    this.remember(doc, name);
    this.json.keyValue("name", doc, name);
    this.json.key("input");
    return this.writeInput(doc, doc.get(inner, "arguments"));
  }

  private remember(doc: Document, name: i32): void {
    for (let i = 0; i < this.names.length; ++i) {
      if (doc.stringIs(name, unchecked(this.names[i]))) return;
    }
    this.names.push(doc.string(name));
  }

  /**
   * Writes arguments, which are JSON in a string, as the object that they say. None at all are
   * `{}`.
   */
  private writeInput(doc: Document, value: i32): bool {
    const json = this.json;
    if (doc.isObject(value)) {
      json.value(doc, value);
      return true;
    }
    if (doc.absent(value) || doc.isEmptyString(value)) {
      json.beginObject();
      json.endObject();
      return true;
    }
    if (!doc.isString(value)) return false;
    ARGUMENTS_TEXT.clear();
    doc.decodeString(value, ARGUMENTS_TEXT);
    const isRead = ARGUMENTS.parse(ARGUMENTS_TEXT.ptr, ARGUMENTS_TEXT.length);
    if (!isRead || !ARGUMENTS.isObject(ARGUMENTS.root())) return false;
    json.value(ARGUMENTS, ARGUMENTS.root());
    return true;
  }
}

/** A call that is of no function. */
function refuseCall(doc: Document, call: i32, provider: string, path: string): ApiError {
  if (!doc.stringIs(doc.get(call, "type"), "custom")) return missingParameter(path + ".function");
  return unsupportedValue(path, `${provider} has no custom tools.`);
}

function invalidCall(doc: Document, inner: i32, path: string): ApiError {
  if (!doc.isString(doc.get(inner, "name"))) return missingParameter(path + ".name");
  const param = path + ".arguments";
  return invalidValue(param, `Invalid value for '${param}': expected the JSON text of an object.`);
}

function isIdChar(char: i32): bool {
  if (char >= 0x61 && char <= 0x7a) return true;
  if (char >= 0x41 && char <= 0x5a) return true;
  if (char >= 0x30 && char <= 0x39) return true;
  return char == 0x5f || char == 0x2d;
}

const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
