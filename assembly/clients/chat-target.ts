// What a request that becomes one for a chat completion depends on beside its text.

/** The provider that shall answer, and what it takes beyond OpenAI's own members. */
export class ChatTarget {
  /** Members that OpenAI itself refuses: `top_k`, and reasoning in the history. */
  takesExtensions: bool = false;
  /** `cache_control` in content parts. */
  takesCacheControl: bool = false;
  /** Usage may be asked for in streams. */
  asksForUsage: bool = true;

  constructor(
    /** The provider's id, for errors. */
    readonly provider: string,
  ) {}
}
