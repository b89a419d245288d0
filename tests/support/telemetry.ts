// What an exchange leaves for the access log, and answers of an OpenAI provider for tests of it.

/** Filter state by its key. */
export type Keys = Record<string, string | undefined>;

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

export function keysOf(filterState: ReadonlyMap<string, Uint8Array>): Keys {
  return Object.fromEntries([...filterState].map(([name, value]) => [name, textOf(value)]));
}

export const COMPLETION = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1735787045,
  model: "gpt-4o-2024-08-06",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 },
};

export const JSON_HEADERS: [string, string][] = [["content-type", "application/json"]];
export const SSE_HEADERS: [string, string][] = [["content-type", "text/event-stream"]];

export const data = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
/** An event of a stream. */
export const chunk = (delta: object, more: object = {}) =>
  data({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1735787045,
    model: "gpt-4o-2024-08-06",
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  });
/** An event with a name. */
export const typed = (type: string, members: object) =>
  `event: ${type}\n${data({ type, ...members })}`;
