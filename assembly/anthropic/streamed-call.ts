// A tool call on its way into a streamed message: https://docs.claude.com/en/docs/build-with-claude/streaming
import { Document } from "../json/document";
import { ByteWriter } from "../text/byte-writer";

const INPUT: Document = new Document();

/** What has come of one call. */
export class StreamedCall {
  id: string = "";
  name: string = "";
  /** Arguments that are still to be told: the inside of a JSON string. */
  readonly held: ByteWriter = new ByteWriter();
  /** All arguments so far, as they are. */
  private readonly input: ByteWriter = new ByteWriter();
  /** Its block has ended. */
  isOver: bool = false;

  constructor(
    /** OpenAI's number of the call. */
    readonly index: i64,
  ) {}

  /** Takes a fragment of the call. False: it has more to say, but its block is over. */
  take(doc: Document, fragment: i32): bool {
    const target = doc.get(fragment, "function");
    if (this.id.length == 0) this.id = doc.string(doc.get(fragment, "id"));
    if (this.name.length == 0) this.name = doc.string(doc.get(target, "name"));
    const input = doc.get(target, "arguments");
    const length = doc.stringLength(input);
    if (length == 0) return true;
    this.held.bytes(doc.ptr + doc.start(input) + 1, length);
    doc.decodeString(input, this.input);
    return !this.isOver;
  }

  /** Whether the arguments are an object, so that nothing can follow. */
  isComplete(): bool {
    return INPUT.parse(this.input.ptr, this.input.length) && INPUT.isObject(INPUT.root());
  }

  release(): void {
    this.held.release();
    this.input.release();
  }
}
