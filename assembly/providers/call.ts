// What a provider may know of one request. Plain values: a provider never asks the host.
import { Usage } from "../openai/usage";
import { Capability } from "../routing/capability";

/** Of the many paths without parameters, and requests without stop sequences. Never written to. */
const NO_TEXTS: string[] = [];

/** One request on its way to a provider. */
export class Call {
  capability: Capability = Capability.Unknown;
  method: string = "";
  /** The client's path without its query. */
  clientPath: string = "";
  /** The client's query without the question mark. */
  query: string = "";
  /** Values of `{…}` in the capability's path, in order. */
  pathParameters: string[] = NO_TEXTS;
  /** The model as the client named it. */
  requestedModel: string = "";
  /** The model as the provider shall hear it. */
  model: string = "";
  stream: bool = false;
  /** The client asked for the usage chunk. */
  wantsUsage: bool = false;
  /** The client wants embeddings as base64. */
  wantsBase64: bool = false;
  /** The credential for the provider, or "" where it needs none. */
  token: string = "";
  /** The client's own `anthropic-beta` header. */
  clientBeta: string = "";
  /** The client's own `anthropic-version` header. */
  clientVersion: string = "";
  /** Wall clock at the request's start, in seconds. */
  created: i64 = 0;
  /** Random bits of this request, for ids. */
  random: u64 = 0;
  /** Token counts of the answer, as far as its translation had to read them. */
  readonly usage: Usage = new Usage();
  /** The provider streams its answer, although the client wants it whole. */
  joinsStream: bool = false;
  /** Stop sequences of the request, where the provider leaves them at the end of its text. */
  stops: string[] = NO_TEXTS;
  /** What the provider remembers of its own request for the answer; its own constants. */
  note: i32 = 0;

  /** An id such as `chatcmpl-…` for answers that come without one. The same for the whole exchange. */
  newId(prefix: string): string {
    return prefix + this.random.toString(36);
  }
}
