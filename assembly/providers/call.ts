// What a provider may know of one request. Plain values: a provider never asks the host.
import { Usage } from "../openai/usage";
import { Capability } from "../routing/capability";
import { HeaderEdits } from "./header-edits";

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
  /** That credential is the client's own. */
  isClientToken: bool = false;
  /** Host, and path with query, as the provider gets them: known to `authenticate`. */
  host: string = "";
  target: string = "";
  /** The client's own `anthropic-beta` header. */
  clientBeta: string = "";
  /** The client's own `anthropic-version` header. */
  clientVersion: string = "";
  /** The conversation that the client goes on with, for providers that keep conversations. */
  conversationId: string = "";
  /** The client's own `x-bot-id` header, for the same providers. */
  botId: string = "";
  /** Values of the provider's `answerHeaders`, in their order, "" where the answer lacks one. */
  answerHeaders: string[] = NO_TEXTS;
  /** Headers of the client's answer that the provider gives; null: none. */
  responseHeaders: HeaderEdits | null = null;
  /** Wall clock at the request's start, in seconds. */
  created: i64 = 0;
  /** Random bits of this request, for ids. */
  random: u64 = 0;
  /** The counts are wanted also where the translation has no use for them. */
  countsTokens: bool = false;
  /** The model that answers is wanted, and why its answer ended. */
  isObserved: bool = false;
  /** Why an answer ended that was not translated, in its own words, or "". */
  finishWord: string = "";
  /** Token counts of the answer, as far as its translation had to read them. */
  readonly usage: Usage = new Usage();
  /** The provider was asked for a stream, although the client wants the answer whole. */
  joinsStream: bool = false;
  /** Stop sequences of the request, where the provider leaves them at the end of its text. */
  stops: string[] = NO_TEXTS;
  /** What the provider remembers of its own request for the answer; its own constants. */
  note: i32 = 0;

  /** Sets a header of the client's answer, as long as its headers have not gone. */
  setResponseHeader(name: string, value: string): void {
    const headers = this.responseHeaders;
    const edits = headers === null ? new HeaderEdits() : headers;
    edits.set(name, value);
    this.responseHeaders = edits;
  }

  /** An id such as `chatcmpl-…` for answers that come without one. The same for the whole exchange. */
  newId(prefix: string): string {
    return prefix + this.random.toString(36);
  }
}
