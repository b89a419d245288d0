// Where a message ends up once it has left the filter: https://www.rfc-editor.org/rfc/rfc9110#section-6
import { concatBytes } from "./body-buffer.ts";
import type { HeaderMap, HeaderPairs } from "./header-map.ts";

/** The request as the provider gets it, or the response as the client gets it. */
export class MessageSink {
  headers: HeaderPairs | null = null;
  trailers: HeaderPairs | null = null;
  /** One piece for each time the filter let bytes through; empty ones are not kept. */
  readonly chunks: Uint8Array[] = [];
  /** Whether the message is complete. */
  ended = false;
  /** Why the message was broken off, or null. */
  reset: string | null = null;

  /** Takes the headers, as they are at this moment. */
  takeHeaders(headers: HeaderMap, end: boolean): void {
    this.headers = headers.pairs();
    this.ended = end;
  }

  /** Takes a piece of the body. */
  takeBody(bytes: Uint8Array, end: boolean): void {
    if (bytes.length > 0) this.chunks.push(bytes);
    if (end) this.ended = true;
  }

  /** Takes the trailers, which end the message. */
  takeTrailers(trailers: HeaderMap): void {
    this.trailers = trailers.pairs();
    this.ended = true;
  }

  /** The first value of a header, or null. */
  header(name: string): string | null {
    return this.headers?.find(([own]) => own === name)?.[1] ?? null;
  }

  /** The whole body so far. */
  body(): Uint8Array {
    return concatBytes(this.chunks);
  }

  /** The whole body so far as UTF-8. */
  text(): string {
    return new TextDecoder().decode(this.body());
  }

  /** What makes the message malformed, where there is one, or null. */
  fault(name: string, required: readonly string[]): string | null {
    if (this.headers === null) return null;
    const missing = required.find((own) => this.header(own) === null);
    if (missing !== undefined) return `the ${name} has no ${missing}`;
    const announced = this.header("content-length");
    const length = this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (announced === null || !this.ended || Number(announced) === length) return null;
    return `the ${name}'s content-length says ${announced}, its body has ${length} bytes`;
  }
}
