// One direction of a stream through one filter, as Envoy's filter manager iterates it:
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_filters#filter-ordering
import { BodyStatus, HeadersStatus, TrailersStatus } from "./abi.ts";
import { BodyBuffer } from "./body-buffer.ts";
import { HeaderMap } from "./header-map.ts";

/** What a half needs around it: the module behind it, and where its output goes. */
export interface HalfSurroundings {
  callHeaders(count: number, end: boolean): number;
  callBody(length: number, end: boolean): number;
  callTrailers(count: number): number;
  sendHeaders(headers: HeaderMap, end: boolean): void;
  sendBody(bytes: Uint8Array, end: boolean): void;
  sendTrailers(trailers: HeaderMap): void;
  /** A local reply was made during a callback of this half: it goes out now. */
  afterAbort(): void;
  /** More was buffered than the limit allows. */
  tooLarge(): void;
  /** False once the response has ended. */
  canContinue(): boolean;
  /** Whether the whole stream is over and the module has forgotten it. */
  isFinished(): boolean;
  violation(text: string): void;
}

type Iteration = "continue" | "stopped" | "stopped all";

/** Headers, body and trailers on their way through the filter, held where the filter holds them. */
export class StreamHalf {
  /** The whole message's headers and trailers, whoever holds them. */
  headers: HeaderMap | null = null;
  trailers: HeaderMap | null = null;
  /** What the module can reach at this moment; Envoy takes headers away once they went on. */
  reachableHeaders: HeaderMap | null = null;
  reachableTrailers: HeaderMap | null = null;
  /** Whether a callback of this half runs. */
  calling = false;
  /** Whether a local reply ended this half. */
  aborted = false;
  /** Whether the headers have left the filter. */
  headersSent = false;
  /** Whether the end of the message has come in. */
  complete = false;

  private iteration: Iteration = "continue";
  private buffered: BodyBuffer | null = null;
  private current: BodyBuffer | null = null;
  private buffering = false;
  private streaming = true;
  private ended = false;

  constructor(
    readonly name: "request" | "response",
    private readonly around: HalfSurroundings,
    private readonly limit: number,
  ) {}

  /** What the module reaches: the whole body while it buffers, else the piece of this callback. */
  body(): BodyBuffer {
    const reachable = this.buffering ? this.buffered : this.current;
    return reachable ?? new BodyBuffer(undefined, true);
  }

  /** Called after a write of the module's: the buffer may have grown over the limit. */
  afterWrite(): void {
    if (this.buffering) this.checkLimit();
  }

  /** Whether the filter holds something back. */
  get holds(): boolean {
    return this.iteration !== "continue";
  }

  /** The headers come in; the module is called at once. */
  receiveHeaders(headers: HeaderMap, end: boolean): void {
    this.headers = headers;
    this.reachableHeaders = headers;
    this.complete = end;
    this.ended = end;
    const status = this.call(() => this.around.callHeaders(headers.size, end));
    if (status === HeadersStatus.Continue) this.reachableHeaders = null;
    if (this.aborted) {
      this.iteration = "stopped";
      this.around.afterAbort();
    } else if (status === HeadersStatus.Continue) {
      this.sendHeaders(headers, end);
    } else if (status === HeadersStatus.StopIteration) {
      this.iteration = "stopped";
    } else {
      this.iteration = "stopped all";
      this.streaming = status === HeadersStatus.StopAllIterationAndWatermark;
    }
  }

  /** A piece of the body comes in. */
  receiveBody(bytes: Uint8Array, end: boolean): void {
    if (end) this.complete = true;
    const piece = new BodyBuffer(bytes);
    if (this.iteration === "stopped all") this.buffer(piece);
    else this.dispatch(piece, end);
  }

  /** The trailers come in and end the message. */
  receiveTrailers(trailers: HeaderMap): void {
    this.complete = true;
    this.trailers = trailers;
    if (this.iteration !== "stopped all") this.dispatchTrailers(trailers);
  }

  /** New trailers in the last body callback, as asking for them to write makes; else null. */
  addTrailers(): HeaderMap | null {
    if (!this.calling || this.current === null || !this.ended || this.trailers !== null)
      return null;
    this.trailers = new HeaderMap("other");
    this.reachableTrailers = this.trailers;
    return this.trailers;
  }

  /** Lets everything held go on. After a stop of everything the body comes to this filter first. */
  resume(): void {
    if (!this.around.canContinue()) return;
    if (this.iteration === "continue") {
      this.around.violation(`the ${this.name} is continued although it was not stopped`);
      return;
    }
    const fromHere = this.iteration === "stopped all";
    this.iteration = "continue";
    const headers = this.headers;
    if (!this.headersSent && headers !== null) {
      this.sendHeaders(headers, this.complete && this.buffered === null && this.trailers === null);
    }
    const trailers = this.trailers;
    this.resumeBody(fromHere, this.complete && trailers === null);
    if (trailers === null || this.aborted) return;
    if (fromHere) this.dispatchTrailers(trailers);
    else this.around.sendTrailers(trailers);
  }

  /** Forgets what the module can reach. */
  forget(): void {
    this.reachableHeaders = null;
    this.reachableTrailers = null;
    this.current = null;
  }

  private resumeBody(fromHere: boolean, end: boolean): void {
    if (this.buffered === null) return;
    if (fromHere) this.dispatch(this.buffered, end);
    else this.around.sendBody(this.buffered.take(), end);
  }

  private sendHeaders(headers: HeaderMap, end: boolean): void {
    this.headersSent = true;
    this.around.sendHeaders(headers, end);
  }

  private call(callback: () => number): number {
    this.calling = true;
    try {
      return callback();
    } finally {
      this.calling = false;
    }
  }

  private dispatch(piece: BodyBuffer, end: boolean): void {
    if (this.ended || this.aborted) return;
    this.ended = end && this.trailers === null;
    const hadTrailers = this.trailers !== null;
    const status = this.call(() => this.callBody(piece, this.ended));
    if (this.aborted) {
      this.around.afterAbort();
      return;
    }
    const added = hadTrailers ? null : this.trailers;
    const goesOn = status === BodyStatus.Continue && this.iteration === "continue";
    this.afterBody(piece, status, end && added === null);
    if (added !== null && goesOn) this.around.sendTrailers(added);
  }

  private callBody(piece: BodyBuffer, end: boolean): number {
    if (this.buffering) {
      this.streaming = false;
      this.buffer(piece);
      if (this.around.isFinished()) return BodyStatus.StopIterationAndBuffer;
    }
    this.current = piece;
    const status = this.around.callBody(this.body().length, end);
    this.buffering = status === BodyStatus.StopIterationAndBuffer;
    if (status === BodyStatus.Continue) this.current = null;
    return status;
  }

  private afterBody(piece: BodyBuffer, status: number, end: boolean): void {
    if (status === BodyStatus.Continue) {
      if (this.iteration === "stopped") {
        this.buffer(piece);
        this.resume();
      } else {
        this.around.sendBody(piece.take(), end);
      }
      return;
    }
    this.iteration = "stopped";
    if (status !== BodyStatus.StopIterationNoBuffer) {
      this.streaming = status === BodyStatus.StopIterationAndWatermark;
      this.buffer(piece);
    } else if (this.complete && this.trailers === null && this.buffered === null) {
      // So that a later resume sends an empty last piece.
      this.buffered = new BodyBuffer();
    }
  }

  private dispatchTrailers(trailers: HeaderMap): void {
    if (this.aborted) return;
    this.reachableTrailers = trailers;
    const status = this.call(() => this.around.callTrailers(trailers.size));
    this.ended = true;
    if (status === TrailersStatus.Continue) this.reachableTrailers = null;
    if (this.aborted) this.around.afterAbort();
    else if (status !== TrailersStatus.Continue) {
      if (this.iteration === "continue") this.iteration = "stopped";
    } else if (this.iteration === "stopped") this.resume();
    else this.around.sendTrailers(trailers);
  }

  private buffer(piece: BodyBuffer): void {
    if (piece === this.buffered) return;
    this.buffered ??= new BodyBuffer();
    this.buffered.append(piece.take());
    this.checkLimit();
  }

  private checkLimit(): void {
    if (this.streaming || this.buffered === null || this.buffered.length <= this.limit) return;
    this.streaming = true;
    this.around.tooLarge();
  }
}
