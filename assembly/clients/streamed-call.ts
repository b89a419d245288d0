// A tool call on its way into a stream of another protocol:
// https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { Document } from "../json/document";
import { ByteWriter } from "../text/byte-writer";

const INPUT: Document = new Document();

/** What has come of one call. */
export class StreamedCall {
  id: string = "";
  name: string = "";
  /** Its input is a text, and not the arguments of a function. */
  isCustom: bool = false;
  /** Input that is still to be told: the inside of a JSON string. */
  readonly held: ByteWriter = new ByteWriter();
  /** All input so far, as it is. */
  readonly input: ByteWriter = new ByteWriter();
  /** It has been told to its end. */
  isOver: bool = false;

  constructor(
    /** OpenAI's number of the call. */
    readonly index: i64,
  ) {}

  /** Takes a fragment of the call. False: it has more to say, but its end has been told. */
  take(doc: Document, fragment: i32): bool {
    const custom = doc.get(fragment, "custom");
    if (doc.isObject(custom)) this.isCustom = true;
    const target = this.isCustom ? custom : doc.get(fragment, "function");
    if (this.id.length == 0) this.id = doc.string(doc.get(fragment, "id"));
    if (this.name.length == 0) this.name = doc.string(doc.get(target, "name"));
    const input = doc.get(target, this.isCustom ? "input" : "arguments");
    const length = doc.stringLength(input);
    if (length == 0) return true;
    this.held.bytes(doc.ptr + doc.start(input) + 1, length);
    doc.decodeString(input, this.input);
    return !this.isOver;
  }

  /** Whether nothing can follow: the arguments are an object. Of a text that cannot be told. */
  isComplete(): bool {
    if (this.isCustom) return true;
    return INPUT.parse(this.input.ptr, this.input.length) && INPUT.isObject(INPUT.root());
  }

  release(): void {
    this.held.release();
    this.input.release();
  }
}
