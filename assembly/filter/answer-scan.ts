// Reads beside an answer that passes as it is: its model, its usage, and why it ended.
import { Document } from "../json/document";
import { ObjectScanner } from "../json/object-scanner";
import { Call } from "../providers/call";
import { readUsage } from "../providers/gemini/gemini-usage";
import { getBuffer } from "../proxy-wasm/buffers";
import { BufferType } from "../proxy-wasm/types";

const VALUE: Document = new Document();

/** One answer in OpenAI's format, Anthropic's or Gemini's, whole or streamed, in any split. */
export class AnswerScan {
  private readonly usage: ObjectScanner = new ObjectScanner('"usage"');
  private readonly metadata: ObjectScanner = new ObjectScanner('"usageMetadata"');
  private readonly model: ObjectScanner = new ObjectScanner('"model"', true);
  private readonly finish: ObjectScanner = new ObjectScanner('"finish_reason"', true);
  private readonly stop: ObjectScanner = new ObjectScanner('"stop_reason"', true);

  private readonly reason: ObjectScanner = new ObjectScanner('"finishReason"', true);

  constructor(private readonly call: Call) {}

  /** Takes the next `length` bytes of the answer. */
  push(length: i32): void {
    const bytes = getBuffer(BufferType.HttpResponseBody, 0, length);
    const call = this.call;
    this.usage.push(bytes.ptr, bytes.length);
    while (this.usage.next()) if (parse(this.usage)) call.usage.merge(VALUE, VALUE.root());
    this.metadata.push(bytes.ptr, bytes.length);
    while (this.metadata.next()) {
      if (parse(this.metadata)) readUsage(VALUE, VALUE.root(), call.usage);
    }
    if (call.usage.model.length == 0) {
      this.model.push(bytes.ptr, bytes.length);
      if (this.model.next() && parse(this.model)) call.usage.model = VALUE.string(VALUE.root());
    }
    if (call.finishWord.length > 0) return;
    this.readFinish(this.finish, bytes.ptr, bytes.length);
    this.readFinish(this.stop, bytes.ptr, bytes.length);
    this.readFinish(this.reason, bytes.ptr, bytes.length);
  }

  private readFinish(scanner: ObjectScanner, ptr: usize, length: i32): void {
    scanner.push(ptr, length);
    if (scanner.next() && parse(scanner)) this.call.finishWord = VALUE.string(VALUE.root());
  }

  release(): void {
    this.usage.release();
    this.metadata.release();
    this.model.release();
    this.finish.release();
    this.stop.release();
    this.reason.release();
  }
}

function parse(scanner: ObjectScanner): bool {
  return VALUE.parse(scanner.found.ptr, scanner.found.length);
}
