// The beginning of what client and model say to one another, for the access log, where that is asked for.
import { Document } from "../json/document";
import { redact } from "../providers/redact";
import { setProperty } from "../proxy-wasm/properties";
import { SseDecoder } from "../stream/sse-decoder";
import { ByteWriter } from "../text/byte-writer";
import { copyShortened } from "../text/shortened";

const CHUNK: Document = new Document();

/** Request and answer of one exchange, each up to a number of bytes. */
export class PayloadLog {
  private readonly text: ByteWriter = new ByteWriter();
  private readonly events: SseDecoder = new SseDecoder();
  private written: i32 = 0;
  private token: string = "";

  constructor(private readonly limit: i32) {}

  /** Logs the client's body, without the credential `token`. */
  request(ptr: usize, length: i32, token: string): void {
    this.token = token;
    const text = this.text;
    text.clear();
    copyShortened(ptr, length, this.limit, text);
    setProperty("llm_request", redact(text.toString(), token));
    text.clear();
  }

  /** Takes a whole completion. */
  answer(ptr: usize, length: i32): void {
    if (CHUNK.parse(ptr, length)) this.addText();
    CHUNK.release();
  }

  /** Takes chunks of a streamed one. */
  chunks(ptr: usize, length: i32): void {
    if (this.text.length >= this.limit) return;
    const events = this.events;
    events.push(ptr, length);
    while (events.next()) {
      if (events.payloadLength > 0 && CHUNK.parse(events.payload, events.payloadLength)) {
        this.addText();
      }
    }
  }

  private addText(): void {
    const choice = CHUNK.first(CHUNK.get(CHUNK.root(), "choices"));
    let message = CHUNK.get(choice, "message");
    if (message < 0) message = CHUNK.get(choice, "delta");
    const text = message < 0 ? CHUNK.get(choice, "text") : CHUNK.get(message, "content");
    if (CHUNK.isString(text)) CHUNK.decodeString(text, this.text);
    // What has become a message for a client of Anthropic's.
    const blocks = CHUNK.get(CHUNK.root(), "content");
    for (let block = CHUNK.first(blocks); block >= 0; block = CHUNK.next(block)) {
      const own = CHUNK.get(block, "text");
      if (CHUNK.isString(own)) CHUNK.decodeString(own, this.text);
    }
  }

  /** Logs the answer's text as far as it has come. */
  write(): void {
    const text = this.text;
    if (text.length == 0 || text.length == this.written) return;
    this.written = text.length;
    const shown = new ByteWriter();
    copyShortened(text.ptr, text.length, this.limit, shown);
    setProperty("llm_response_text", redact(shown.toString(), this.token));
    shown.release();
  }

  release(): void {
    this.text.release();
    this.events.release();
  }
}
