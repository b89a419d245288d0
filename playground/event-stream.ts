// OpenAI's answers as they arrive, streamed or whole: https://html.spec.whatwg.org/multipage/server-sent-events.html

/** What has come so far. */
export interface ChatAnswer {
  status: number;
  /** The body as it came. */
  raw: string;
  text: string;
  reasoning: string;
  /** Function calls, by their place. */
  toolCalls: { name: string; arguments: string }[];
  finishReason: string | null;
  usage: Usage | null;
  error: string | null;
  model: string | null;
  /** Milliseconds from the request to the first token, and to the end. */
  firstTokenAfter: number | null;
  endedAfter: number | null;
}

export interface Usage {
  prompt_tokens?: number;
  completion_tokens?: number;
}

interface Delta {
  content?: string | null;
  reasoning_content?: string | null;
  tool_calls?: { index?: number; function?: { name?: string; arguments?: string } }[] | null;
}

interface Payload {
  model?: string;
  usage?: Usage | null;
  error?: { message?: string };
  choices?: { delta?: Delta; message?: Delta; finish_reason?: string | null }[];
}

/** Asks, and tells of every piece as it comes. Throws where nothing can be reached or it is aborted. */
export async function askChat(
  url: string,
  init: RequestInit,
  onPiece: (answer: ChatAnswer) => void,
): Promise<ChatAnswer> {
  const started = performance.now();
  const passed = () => performance.now() - started;
  const answer = emptyAnswer();
  const response = await fetch(url, { ...init, credentials: "omit", cache: "no-store" });
  answer.status = response.status;
  const isStream = (response.headers.get("content-type") ?? "").startsWith("text/event-stream");
  const decoder = new TextDecoder();
  let rest = "";
  for (const reader = response.body?.getReader(); reader !== undefined;) {
    const { done, value } = await reader.read();
    if (done) break;
    const text = decoder.decode(value, { stream: true });
    answer.raw += text;
    if (isStream) rest = takeEvents(answer, rest + text, passed);
    onPiece(answer);
  }
  answer.raw += decoder.decode();
  if (!isStream) takePayload(answer, answer.raw, passed);
  answer.endedAfter = passed();
  onPiece(answer);
  return answer;
}

/** Nothing yet. */
export function emptyAnswer(): ChatAnswer {
  return {
    status: 0,
    raw: "",
    text: "",
    reasoning: "",
    toolCalls: [],
    finishReason: null,
    usage: null,
    error: null,
    model: null,
    firstTokenAfter: null,
    endedAfter: null,
  };
}

/** Takes the events of a text that are complete; what is left of it, to come before what follows. */
export function takeEvents(answer: ChatAnswer, text: string, passed: () => number): string {
  const events = text.replaceAll("\r\n", "\n").split("\n\n");
  const rest = events.pop() ?? "";
  for (const event of events) {
    const lines = event.split("\n").filter((line) => line.startsWith("data:"));
    const payload = lines.map((line) => line.replace(/^data: ?/, "")).join("\n");
    if (payload !== "" && payload !== "[DONE]") takePayload(answer, payload, passed);
  }
  return rest;
}

function takePayload(answer: ChatAnswer, text: string, passed: () => number): void {
  let payload: Payload;
  try {
    payload = JSON.parse(text) as Payload;
  } catch {
    answer.error = "The answer is no JSON.";
    return;
  }
  answer.model = payload.model ?? answer.model;
  answer.usage = payload.usage ?? answer.usage;
  if (payload.error !== undefined)
    answer.error = payload.error.message ?? "An error without words.";
  const [choice] = payload.choices ?? [];
  if (choice === undefined) return;
  const delta = choice.delta ?? choice.message ?? {};
  answer.text += delta.content ?? "";
  answer.reasoning += delta.reasoning_content ?? "";
  takeCalls(answer, delta);
  answer.finishReason = choice.finish_reason ?? answer.finishReason;
  const isToken = [delta.content, delta.reasoning_content].some((own) => (own ?? "") !== "");
  if (isToken || delta.tool_calls) answer.firstTokenAfter ??= passed();
}

function takeCalls(answer: ChatAnswer, { tool_calls }: Delta): void {
  for (const [place, { index = place, function: own = {} }] of (tool_calls ?? []).entries()) {
    const call = (answer.toolCalls[index] ??= { name: "", arguments: "" });
    call.name += own.name ?? "";
    call.arguments += own.arguments ?? "";
  }
}
