// What a translated request depends on beside its text.

/** What the provider takes beyond OpenAI's own members. */
export class ChatDialect {
  /** Members that OpenAI itself refuses: `top_k`, and reasoning in the history. */
  takesExtensions: bool = false;
  /** `cache_control` in content parts. */
  takesCacheControl: bool = false;
  /** Usage may be asked for in streams. */
  asksForUsage: bool = true;
}
