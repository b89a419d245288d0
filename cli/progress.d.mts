// Types of progress.mjs.

/** Runs one step behind a progress line; a step that fails keeps its line, marked with ✗. */
export function step<T>(
  title: string,
  work: (update: (text: string) => void) => Promise<T>,
): Promise<T>;
