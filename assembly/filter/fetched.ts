// What requests wait for: something that one call of the plugin's own fetches for all of them.
import { ApiError } from "../openai/api-error";
import { Call } from "../providers/call";
import { getHeader } from "../proxy-wasm/headers";
import { HeaderMapType } from "../proxy-wasm/types";
import { Exchange } from "./exchange";

/** What a stream finds. */
export const enum FetchState {
  /** It is there. */
  Ready,
  /** The stream is told once it has come. */
  Pending,
  /** It is not there: `failure` says why. */
  Failed,
}

/** One thing. Only one call for it is under way at a time. */
export abstract class Fetched {
  /** The call under way, or -1. */
  protected pending: i32 = -1;
  /** Why there is nothing. */
  protected reason: string = "";
  private waiting: u32[] = [];

  /** Whether it is there for a stream, whose call this is about. */
  abstract ask(stream: u32, call: Call): FetchState;

  /** Whether it is there, be it old. */
  abstract get isThere(): bool;

  /** Hands it to an exchange. */
  abstract give(exchange: Exchange): void;

  /** What clients get where it could not be fetched. */
  abstract get failure(): ApiError;

  /** Sends the call, whose id goes to `pending`. */
  protected abstract fetch(call: Call): void;

  /** Takes an answer, whose body has so many bytes. */
  protected abstract receive(status: string, length: i32): void;

  /** Takes the reason of a failure. */
  protected abstract fail(reason: string): void;

  /** Lets a stream wait for the call that is under way, or for a new one. */
  protected wait(stream: u32, call: Call): FetchState {
    if (!this.begin(call)) return this.isThere ? FetchState.Ready : FetchState.Failed;
    this.waiting.push(stream);
    return FetchState.Pending;
  }

  /** Sees to it that a call is under way. */
  protected begin(call: Call): bool {
    if (this.pending >= 0) return true;
    this.reason = "its cluster is unknown or has no host";
    this.fetch(call);
    if (this.pending < 0) this.fail(this.reason);
    return this.pending >= 0;
  }

  /** Takes the answer to a call. The streams that waited for it; null where the call is another one's. */
  take(call: i32, length: i32): u32[] | null {
    if (call != this.pending) return null;
    this.pending = -1;
    this.receive(getHeader(HeaderMapType.HttpCallResponseHeaders, ":status"), length);
    const waiting = this.waiting;
    this.waiting = [];
    return waiting;
  }
}

/** Why an answer with a status that is not 200 is none. */
export function reasonOf(status: string): string {
  return status.length > 0 ? `the server answered with status ${status}` : "no answer came";
}
