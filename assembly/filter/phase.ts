// Where an exchange stands.

/** One step after the other; an exchange never goes back. */
export const enum Phase {
  /** Nothing has come yet. */
  New,
  /** No configuration applies, or the plugin has nothing to do: everything passes. */
  Passing,
  /** The request's JSON body is being gathered; its headers are held. */
  GatheringRequest,
  /** The request is held until what it needs has been fetched. */
  AwaitingFetch,
  /** An attempt that failed here is held as long as another one may be answered. */
  Yielding,
  /** The request has gone to the provider. */
  AwaitingResponse,
  /** A whole answer is being gathered; its headers are held. */
  GatheringResponse,
  /** An error answer is being gathered; its headers are held. */
  GatheringError,
  /** An answer is to become an error; its headers are held. */
  Failing,
  /** A stream is being collected for a client that asked for a whole answer; its headers are held. */
  Collecting,
  /** A stream has begun; its headers are held until its first event. */
  HoldingStream,
  /** A stream is under way. */
  Streaming,
  /** The answer failed and is held, while the request is under way again. */
  Retrying,
  /** A stream was broken off: what still comes is dropped. */
  Dropping,
  /** An error passes as it is; its beginning is logged. */
  LoggingError,
  /** The client's answer is made: what still comes passes. */
  Over,
}
