// Counts the tokens of an answer on its way to a consumer, while the answer passes as it is.
import { Document } from "../json/document";
import { ObjectScanner } from "../json/object-scanner";
import { Usage } from "../openai/usage";
import { getBuffer } from "../proxy-wasm/buffers";
import { BufferType } from "../proxy-wasm/types";
import { Capability } from "../routing/capability";
import { notedTokens, noteTokens } from "./attempt";
import { ConsumerGate } from "./consumer-gate";

const USAGE: Document = new Document();

/** The tokens of one answer. */
export class UsageMeter {
  /** Tokens that are counted already. */
  private counted: i64 = 0;
  private readonly usage: Usage = new Usage();
  /** Null where the attempt reads the answer and says its tokens. */
  private scanner: ObjectScanner | null = null;

  constructor(private readonly gate: ConsumerGate) {}

  /** The headers of an answer to `capability` have come. */
  begin(capability: Capability, status: i32): void {
    const isRead = capability == Capability.Chat || capability == Capability.Completions;
    if (!isRead && status < 300 && this.scanner === null) {
      this.scanner = new ObjectScanner('"usage"');
    }
  }

  /** The next `length` bytes of the answer have come. */
  push(length: i32): void {
    const scanner = this.scanner;
    if (scanner !== null && length > 0) {
      const bytes = getBuffer(BufferType.HttpResponseBody, 0, length);
      scanner.push(bytes.ptr, bytes.length);
      while (scanner.next()) this.read(scanner);
    }
    this.count();
  }

  /** Counts what has become known since the last time. */
  count(): void {
    const noted = notedTokens();
    const read = this.usage.prompt + this.usage.completion;
    if (read > noted) noteTokens(read);
    const total = max(noted, read);
    if (total <= this.counted) return;
    this.gate.addTokens(total - this.counted);
    this.counted = total;
  }

  /** Streams tell their counts in parts, the later ones more exactly. */
  private read(scanner: ObjectScanner): void {
    const doc = USAGE;
    if (!doc.parse(scanner.found.ptr, scanner.found.length)) return;
    this.usage.merge(doc, doc.root());
  }

  release(): void {
    const scanner = this.scanner;
    if (scanner !== null) scanner.release();
    this.scanner = null;
  }
}
