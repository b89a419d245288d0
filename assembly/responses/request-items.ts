// The items of a request for a response as messages: https://platform.openai.com/docs/api-reference/responses/create
import { ChatTarget, SEE_BELOW } from "../clients/chat-target";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import {
  ApiError,
  invalidRequest,
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "../openai/api-error";
import { AssistantTurn } from "./assistant-turn";
import { isOfModel, Item, itemOf } from "./item";
import { badPart, checkContent, isMedia, textOf, writePart } from "./request-parts";

/** Writes the messages of one request. */
export class RequestItems {
  private item: i32 = -1;
  private index: i32 = 0;

  constructor(
    private readonly target: ChatTarget,
    private readonly doc: Document,
    private readonly json: JsonWriter,
  ) {}

  /** Writes the elements of `messages`. */
  write(): ApiError | null {
    const doc = this.doc;
    const root = doc.root();
    const input = doc.get(root, "input");
    const error = this.writeInstructions(doc.get(root, "instructions"), input);
    if (error !== null) return error;
    if (doc.isString(input)) {
      this.begin("user");
      this.json.keyValue("content", doc, input);
      this.json.endObject();
      return null;
    }
    if (doc.absent(input)) return missingParameter("input");
    if (!doc.isArray(input)) return invalidType("input", "a string or an array of items");
    this.item = doc.first(input);
    if (this.item < 0) return invalidValue("input", "input has no items.");
    while (this.item >= 0) {
      const failure = this.writeItem();
      if (failure !== null) return failure;
    }
    return null;
  }

  /** In the role that the conversation has for such messages: a model may know but one. */
  private writeInstructions(text: i32, input: i32): ApiError | null {
    const doc = this.doc;
    if (doc.absent(text) || doc.isEmptyString(text)) return null;
    if (!doc.isString(text)) return invalidType("instructions", "a string");
    let role = "system";
    for (let item = doc.first(input); item >= 0; item = doc.next(item)) {
      if (doc.stringIs(doc.get(item, "role"), "developer")) role = "developer";
    }
    this.begin(role);
    this.json.keyValue("content", doc, text);
    this.json.endObject();
    return null;
  }

  private next(): void {
    this.item = this.doc.next(this.item);
    ++this.index;
  }

  /** Writes what begins with the item at hand, and goes on behind it. */
  private writeItem(): ApiError | null {
    const doc = this.doc;
    const path = `input[${this.index}]`;
    if (!doc.isObject(this.item)) return invalidType(path, "an object");
    const kind = itemOf(doc, this.item);
    if (isOfModel(kind)) return this.writeTurn();
    if (kind == Item.Result) return this.writeResults();
    if (kind == Item.Message) return this.writeMessage(path);
    if (kind == Item.Reference) {
      const id = doc.string(doc.get(this.item, "id"));
      const message = `Item with id '${id}' not found: nothing is stored here. Send the item itself.`;
      return invalidRequest(message, path + ".id", "unsupported_value");
    }
    const type = doc.string(doc.get(this.item, "type"));
    if (type.length == 0) return missingParameter(path + ".type");
    const message = `An item of the type '${type}' cannot be passed on.`;
    return unsupportedValue(path + ".type", message);
  }

  /** What the model has said and called in a row is one turn. */
  private writeTurn(): ApiError | null {
    const turn = new AssistantTurn(this.doc, this.item, this.index);
    const error = turn.write(this.target.takesExtensions, this.json);
    for (let i = 0; i < turn.count; ++i) this.next();
    return error;
  }

  private writeMessage(path: string): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const role = doc.get(this.item, "role");
    const content = doc.get(this.item, "content");
    const isKnown =
      doc.stringIs(role, "user") || doc.stringIs(role, "system") || doc.stringIs(role, "developer");
    if (!isKnown) {
      const roles = "user, assistant, system, developer";
      return invalidValue(path + ".role", `${path}.role is one of ${roles}.`);
    }
    const error = checkContent(doc, content, path + ".content");
    if (error !== null) return error;
    json.beginObject();
    json.keyValue("role", doc, role);
    json.key("content");
    const partError = this.writeContent(content, path + ".content");
    json.endObject();
    this.next();
    return partError;
  }

  /** One text is a string, all else are parts. */
  private writeContent(content: i32, path: string): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const first = doc.first(content);
    const isOne = first >= 0 && doc.next(first) < 0;
    const text = isOne ? textOf(doc, first) : content;
    if (doc.isString(text)) {
      json.value(doc, text);
      return null;
    }
    json.beginArray();
    let index = 0;
    for (let part = first; part >= 0; part = doc.next(part), ++index) {
      const error = writePart(doc, part, `${path}[${index}]`, json);
      if (error !== null) return error;
    }
    json.endArray();
    return null;
  }

  /** Results of tools, each as a message of its own, and behind them what only a user can show. */
  private writeResults(): ApiError | null {
    const doc = this.doc;
    const first = this.item;
    const index = this.index;
    let hasAnyMedia: bool = false;
    while (this.item >= 0 && itemOf(doc, this.item) == Item.Result) {
      const error = this.writeResult(`input[${this.index}]`);
      if (error !== null) return error;
      if (hasMedia(doc, this.item)) hasAnyMedia = true;
      this.next();
    }
    return hasAnyMedia ? this.writeShown(first, index) : null;
  }

  private writeResult(path: string): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const id = doc.get(this.item, "call_id");
    if (!doc.isString(id)) return missingParameter(path + ".call_id");
    const output = doc.get(this.item, "output");
    const error = checkContent(doc, output, path + ".output");
    if (error !== null) return error;
    this.begin("tool");
    json.keyValue("tool_call_id", doc, id);
    json.key("content");
    json.beginString();
    json.stringPart(doc, output);
    let texts = 0;
    let index = 0;
    for (let part = doc.first(output); part >= 0; part = doc.next(part), ++index) {
      if (isMedia(doc, part)) continue;
      const text = textOf(doc, part);
      if (!doc.isString(text)) return badPart(doc, part, `${path}.output[${index}]`);
      if (texts++ > 0) json.out.ascii("\\n");
      json.stringPart(doc, text);
    }
    if (texts == 0 && hasMedia(doc, this.item)) json.out.ascii(SEE_BELOW);
    json.endString();
    json.endObject();
    return null;
  }

  /** Pictures and files of the results from `first` up to the item at hand, each behind a word on whose they are. */
  private writeShown(first: i32, index: i32): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    this.begin("user");
    json.key("content");
    json.beginArray();
    for (let item = first; item != this.item; item = doc.next(item), ++index) {
      if (!hasMedia(doc, item)) continue;
      json.beginObject();
      json.keyString("type", "text");
      json.key("text");
      json.beginString();
      json.out.ascii("The result of ");
      json.stringPart(doc, doc.get(item, "call_id"));
      json.out.byte(0x3a);
      json.endString();
      json.endObject();
      let place = 0;
      const output = doc.get(item, "output");
      for (let part = doc.first(output); part >= 0; part = doc.next(part), ++place) {
        if (!isMedia(doc, part)) continue;
        const error = writePart(doc, part, `input[${index}].output[${place}]`, json);
        if (error !== null) return error;
      }
    }
    json.endArray();
    json.endObject();
    return null;
  }

  private begin(role: string): void {
    this.json.beginObject();
    this.json.keyString("role", role);
  }
}

function hasMedia(doc: Document, item: i32): bool {
  const output = doc.get(item, "output");
  for (let part = doc.first(output); part >= 0; part = doc.next(part)) {
    if (isMedia(doc, part)) return true;
  }
  return false;
}
