// A request that the module makes itself: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#http-calls
import type { HeaderPairs } from "./header-map.ts";

/** What a call is answered with: 200 and nothing, unless given. */
export interface HttpCallAnswer {
  readonly status?: number;
  readonly headers?: HeaderPairs;
  readonly body?: Uint8Array | string;
  readonly trailers?: HeaderPairs;
}

/** One call, waiting for the test's answer. */
export class HttpCall {
  answered = false;

  constructor(
    readonly token: number,
    readonly cluster: string,
    readonly headers: HeaderPairs,
    readonly body: Uint8Array,
    readonly trailers: HeaderPairs,
    /** Milliseconds; 0 means none. */
    readonly timeout: number,
    private readonly deliver: (call: HttpCall, answer: HttpCallAnswer | null) => void,
  ) {}

  /** The first value of a header, or null. */
  header(name: string): string | null {
    return this.headers.find(([own]) => own === name)?.[1] ?? null;
  }

  /** Delivers an answer to the module. */
  respond(answer: HttpCallAnswer): void {
    this.answer(answer);
  }

  /** As if the connection broke: the module sees no headers at all. */
  fail(): void {
    this.answer(null);
  }

  private answer(answer: HttpCallAnswer | null): void {
    if (this.answered) throw new Error(`call ${this.token} was answered before`);
    this.answered = true;
    this.deliver(this, answer);
  }
}
