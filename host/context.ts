// What a callback of the module can reach, by the context it runs in:
// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#context-lifecycle
import type { BodyBuffer } from "./body-buffer.ts";
import type { HeaderMap } from "./header-map.ts";
import type { LocalReply } from "./local-reply.ts";
import type { RootContext } from "./root-context.ts";

/** One line that the module logged. `level` is one of LogLevel. */
export interface LogLine {
  readonly level: number;
  readonly text: string;
  /** The id of the context that was current. */
  readonly context: number;
}

/** A root context or a stream. */
export interface Context {
  readonly id: number;
  readonly root: RootContext;
  /** Headers or trailers, or null where they cannot be reached now. */
  headerMap(type: number, access: "read" | "write"): HeaderMap | null;
  /** Whether headers have left the filter for good. */
  headersSent(half: "request" | "response"): boolean;
  /** A body, or null for a type that does not exist here. */
  buffer(type: number): BodyBuffer | null;
  /** Called after a successful write to a buffer. */
  afterBufferWrite(type: number): void;
  /** Bytes of a property, or null. */
  property(path: string): Uint8Array | null;
  /** Result code of a write to filter state. */
  setProperty(path: string, value: Uint8Array): number;
  continueStream(type: number): number;
  closeStream(type: number): number;
  sendLocalReply(reply: LocalReply): void;
  clearRouteCache(): void;
}
