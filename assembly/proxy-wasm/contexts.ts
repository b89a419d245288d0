// Contexts by id. One VM serves many configurations at once: what belongs to a configuration hangs on its root
// context, what belongs to a request on its stream context, and nothing on a global.
import { FilterBodyStatus, FilterHeadersStatus, FilterTrailersStatus } from "./types";

/** Callbacks of one configured plugin. */
export abstract class RootContext {
  constructor(readonly id: u32) {}

  /** A configuration of `length` bytes has come. False refuses it. */
  onConfigure(length: i32): bool {
    return true;
  }

  onHttpCallResponse(call: u32, headers: u32, bodyLength: u32): void {}

  /** The timer has fired. */
  onTick(): void {}

  /** A new stream under this configuration. */
  abstract createStream(id: u32): StreamContext;
}

/** Callbacks of one HTTP stream. */
export abstract class StreamContext {
  constructor(readonly id: u32) {}

  onRequestHeaders(endOfStream: bool): FilterHeadersStatus {
    return FilterHeadersStatus.Continue;
  }

  /** `length`: bytes that the host has buffered so far. */
  onRequestBody(length: i32, endOfStream: bool): FilterBodyStatus {
    return FilterBodyStatus.Continue;
  }

  onRequestTrailers(): FilterTrailersStatus {
    return FilterTrailersStatus.Continue;
  }

  onResponseHeaders(endOfStream: bool): FilterHeadersStatus {
    return FilterHeadersStatus.Continue;
  }

  onResponseBody(length: i32, endOfStream: bool): FilterBodyStatus {
    return FilterBodyStatus.Continue;
  }

  onResponseTrailers(): FilterTrailersStatus {
    return FilterTrailersStatus.Continue;
  }

  onHttpCallResponse(call: u32, headers: u32, bodyLength: u32): void {}

  /** What the stream waited for has come, or will not come. */
  onResume(): void {}

  /** The stream's time is over. */
  onTimeout(): void {}

  /** Gives back what is not collected. */
  onDelete(): void {}
}

/** Makes the root context of a configuration. */
export type RootContextFactory = (id: u32) => RootContext;

const roots: Map<u32, RootContext> = new Map<u32, RootContext>();
const streams: Map<u32, StreamContext> = new Map<u32, StreamContext>();
/** Call → stream, for calls that are under way. */
const callers: Map<u32, u32> = new Map<u32, u32>();
/** The stream of the last callback: the next one is mostly for the same. */
let lastId: u32 = 0;
let lastStream: StreamContext | null = null;
let factory: RootContextFactory | null = null;

/** Says which class a configuration gets. */
export function setRootContext(create: RootContextFactory): void {
  factory = create;
}

export function createContext(id: u32, parent: u32): void {
  if (parent == 0) {
    const create = factory;
    if (create !== null) roots.set(id, create(id));
  } else if (roots.has(parent)) {
    streams.set(id, roots.get(parent).createStream(id));
  }
}

export function findRoot(id: u32): RootContext | null {
  return roots.has(id) ? roots.get(id) : null;
}

export function findStream(id: u32): StreamContext | null {
  if (id == lastId) return lastStream;
  if (!streams.has(id)) return null;
  lastId = id;
  lastStream = streams.get(id);
  return lastStream;
}

/** Remembers which stream made a call: the host answers all calls to the root context. */
export function rememberCall(call: u32, stream: u32): void {
  callers.set(call, stream);
}

/** The stream that made a call, which is forgotten; 0 for a call of the root context. */
export function takeCaller(call: u32): u32 {
  if (!callers.has(call)) return 0;
  const stream = callers.get(call);
  callers.delete(call);
  return stream;
}

export function deleteContext(id: u32): void {
  if (id == lastId) {
    lastId = 0;
    lastStream = null;
  }
  if (streams.has(id)) {
    streams.get(id).onDelete();
    streams.delete(id);
  } else if (roots.has(id)) {
    roots.delete(id);
  }
}
