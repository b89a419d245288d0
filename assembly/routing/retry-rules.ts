// When a failed request is repeated with another token.
import { StatusPatterns } from "./status-patterns";

/** The rules of one provider; they never change. */
export class RetryRules {
  maxRetries: i32 = 1;
  /** Milliseconds that one more try may take. */
  timeout: i32 = 60_000;
  readonly statuses: StatusPatterns = new StatusPatterns();
}
