// What a configuration gets to hear: the first error, and warnings.

/** Errors and warnings, each with the JSON path that it is about. */
export class ConfigReport {
  /** "" or the first error as `<JSON path>: <what was expected>`. */
  error: string = "";
  readonly warnings: string[] = [];
  private readonly mentioned: Set<string> = new Set<string>();

  /** Whether there is an error. */
  get failed(): bool {
    return this.error.length > 0;
  }

  /** Keeps an error, unless there is one already. `path` is "" for the configuration as a whole. */
  fail(path: string, text: string): void {
    if (!this.failed) this.error = path.length > 0 ? path + ": " + text : text;
  }

  /** Adds a warning about the value at a path. */
  warn(path: string, text: string): void {
    this.warnings.push(path + ": " + text);
  }

  /** Warns only the first time that `subject` is warned of. */
  warnOnce(subject: string, path: string, text: string): void {
    if (this.mentioned.has(subject)) return;
    this.mentioned.add(subject);
    this.warn(path, text);
  }
}
