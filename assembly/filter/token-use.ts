// What is remembered of a request whose provider has a pool of tokens or `retryOnFailure`.
import { ApiError } from "../openai/api-error";
import { ByteWriter } from "../text/byte-writer";
import { Exchange } from "./exchange";

/** Which tokens a request has used, and what it takes to send it again. */
export class TokenUse {
  /** The token in use, by its place in the configuration. */
  token: i32 = 0;
  /** The token has failed before, so that a success is worth to be told. */
  hasPast: bool = false;
  /** The token was out of use when it was chosen, for want of another one. */
  wasOut: bool = false;
  /** Milliseconds for which the provider's answer asks to leave the token alone, or 0. */
  pause: i64 = 0;
  /** The tokens that were used before it. */
  readonly used: i32[] = [];
  /** How often the request may still be repeated. */
  left: i32 = 0;
  /** All of the request is at hand. */
  isKept: bool = false;
  /** The request as the provider got it: names and values of its headers in turn, and its body. */
  headers: string[] = [];
  readonly body: ByteWriter = new ByteWriter();
  /** Host that the client named, where the provider has none of its own. */
  host: string = "";
  /** The answer at hand is one that a retry may replace. */
  wantsRetry: bool = false;
  /** Client and provider speak the same protocol: answers are not touched. */
  isForeign: bool = false;
  /** The held answer has a body, which another one can take the place of. */
  hasHeldBody: bool = false;
  /** The call that is under way. */
  call: i32 = -1;
  /** What the client gets if no retry is better; null: the held answer as it is. */
  error: ApiError | null = null;

  /** Gives memory back that is not collected. */
  release(): void {
    this.body.release();
  }
}

/** Whether the request may be repeated, so that it has to be kept. */
export function canRepeat(exchange: Exchange): bool {
  const use = exchange.tokenUse;
  return use !== null && use.left > 0;
}
