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

  takeHeaders(headers: HeaderMap, end: boolean): void {
    this.headers = headers.pairs();
    this.ended = end;
  }

  takeBody(bytes: Uint8Array, end: boolean): void {
    if (bytes.length > 0) this.chunks.push(bytes);
    if (end) this.ended = true;
  }

  takeTrailers(trailers: HeaderMap): void {
    this.trailers = trailers.pairs();
    this.ended = true;
  }

  /** The first value of a header, or null. */
  header(name: string): string | null {
    return this.headers?.find(([own]) => own === name)?.[1] ?? null;
  }

  body(): Uint8Array {
    return concatBytes(this.chunks);
  }

  text(): string {
    return new TextDecoder().decode(this.body());
  }

  /** What makes the complete message malformed, or null. */
  fault(required: readonly string[]): string | null {
    for (const name of required) {
      if (this.header(name) === null) return `${name} is missing`;
    }
    const announced = this.header("content-length");
    const length = this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (announced === null || !this.ended || Number(announced) === length) return null;
    return `content-length says ${announced}, the body has ${length} bytes`;
  }
}
