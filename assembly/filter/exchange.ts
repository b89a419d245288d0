// All state of one request and its answer.
import { ProviderConfig } from "../config/provider-config";
import { MessageStream } from "../anthropic/message-stream";
import { ApiError } from "../openai/api-error";
import { ChunkCollector } from "../openai/chunk-collector";
import { ReasoningStream } from "../openai/reasoning-stream";
import { Call } from "../providers/call";
import { StreamTranslator } from "../providers/stream-translator";
import { ByteWriter } from "../text/byte-writer";
import { Telemetry } from "./telemetry";
import { TokenUse } from "./token-use";
import { MultipartForm } from "../stream/multipart-form";
import { Fetched } from "./fetched";
import { Phase } from "./phase";
import { WebSocketSession } from "./web-socket-session";

/** One request on its way through the filter and back. */
export class Exchange {
  phase: Phase = Phase.New;
  readonly call: Call = new Call();
  /** When the request came, in nanoseconds since 1970. */
  startedAt: i64 = 0;
  /** Path and query as the client sent them. */
  target: string = "";
  /** The client speaks Anthropic's protocol: errors are told in it. */
  speaksAnthropic: bool = false;
  /** The provider does not: request and answer are translated. */
  translatesMessages: bool = false;
  /** This is one attempt of several that Envoy may make. */
  isAttempt: bool = false;
  /** The most attempts that the request may have side by side; 0: one after the other. */
  hedgedAttempts: i32 = 0;
  /** Milliseconds until the next one of them begins. */
  hedgeDelay: i32 = 0;
  /** The attempt is one of several side by side, and may still be answered. */
  isRacing: bool = false;
  /** When a held attempt need not wait for a later one any more, in nanoseconds; 0: it is not held. */
  raceEnd: i64 = 0;
  /** The request was tried before. */
  isRepeated: bool = false;
  /** The token in use, by its place in the configuration; -1: the client's own. */
  token: i32 = -1;
  /** The attempt has failed, and the gateway knows. */
  hasFailed: bool = false;
  /** The attempt was cut off, and neither by the client nor by another attempt. */
  isUnanswered: bool = false;
  /** Tokens that the gateway knows of. */
  notedTokens: i64 = 0;
  /** The model that the gateway's rule names for this provider, or "". */
  routedModel: string = "";
  /** The error that takes the place of an answer whose body is still to come. */
  pendingError: ApiError | null = null;
  /** Headers of the client that must not go on, as `findWithheld` tells them. */
  withheldHeaders: u32 = 0;
  /** Bytes of the request's body as its headers told them, or -1. */
  requestLength: i32 = -1;
  /** A JSON string that is put into the conversation, or null. It is the worker's. */
  context: ByteWriter | null = null;
  /** The context has been looked for. */
  hasContext: bool = false;
  /** What the request waits for. */
  awaited: Fetched | null = null;
  /** The request's body is not read: it passes, once the request may go. */
  isUnread: bool = false;
  /** The request has no body. */
  isBodyless: bool = false;
  /** The form that the request's body is, where its model has to be read. */
  form: MultipartForm | null = null;
  /** What carries the request, where that is a WebSocket. */
  session: WebSocketSession | null = null;
  /** HTTP status of the provider's answer. */
  status: i32 = 0;
  translator: StreamTranslator | null = null;
  /** What becomes of a stream whose client asked for a whole answer. */
  collector: ChunkCollector | null = null;
  /** Changes the translated events once more, where that is configured. */
  reasoning: ReasoningStream | null = null;
  /** Turns the events into Anthropic's, last of all. */
  messages: MessageStream | null = null;
  /** The stream's context, which calls are answered to. */
  streamId: u32 = 0;
  /** Null where nothing is told of requests. */
  telemetry: Telemetry | null = null;
  /** Null where the provider has neither a pool of tokens nor `retryOnFailure`. */
  tokenUse: TokenUse | null = null;
  /** Bytes of the answer's body as its headers told them, or -1. */
  responseLength: i64 = -1;
  /** Some of the answer's body has come. */
  hasResponseBody: bool = false;
  /** Bytes of a stream that have come while its headers are held. */
  heldLength: i32 = 0;
  /** The error answer is compressed, so that it cannot be read. */
  isCompressed: bool = false;
  /** The client can read a compressed answer. */
  acceptsGzip: bool = false;

  constructor(
    readonly config: ProviderConfig,
    /** Bytes that a request's body may have. */
    readonly bodyLimit: i32,
  ) {}

  /** The model that the provider shall hear: the rule's, else as it is mapped. */
  modelFor(requested: string): string {
    return this.routedModel.length > 0 ? this.routedModel : this.config.modelMapping.map(requested);
  }

  /** Gives memory back that is not collected. */
  release(): void {
    const translator = this.translator;
    if (translator !== null) translator.release();
    this.translator = null;
    const collector = this.collector;
    if (collector !== null) collector.release();
    this.collector = null;
    const reasoning = this.reasoning;
    if (reasoning !== null) reasoning.release();
    this.reasoning = null;
    const messages = this.messages;
    if (messages !== null) messages.release();
    this.messages = null;
    const use = this.tokenUse;
    if (use !== null) use.release();
    this.tokenUse = null;
    const session = this.session;
    if (session !== null) session.release();
    this.session = null;
  }
}
