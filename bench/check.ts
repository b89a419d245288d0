// What must be right before anything is timed: path, translation and text of one exchange.
import type { Arena } from "./arena.ts";
import type { Variant } from "./variants.ts";
import { WHOLE_ANSWER, type Workload } from "./workloads.ts";

const PATHS: Record<string, string> = {
  openai: "/v1/chat/completions",
  anthropic: "/v1/messages",
};

interface Whole {
  choices: { message: { content: string } }[];
}

interface Chunk {
  choices: { delta: { content?: string } }[];
}

/**
 * Rejects where a variant answers wrongly. Resolves with what is not wrong but makes its time
 * compare badly, or null.
 */
export async function check(
  arena: Arena,
  variant: Variant,
  workload: Workload,
): Promise<string | null> {
  const { answer, request } = await arena.once(variant, workload);
  const where = `${variant.title}, ${workload.title}`;
  const text = workload.streams ? streamedText(answer.body) : wholeText(answer.body);
  // A provider that does not stream says the whole answer at once.
  if (text !== workload.answer && text !== WHOLE_ANSWER)
    throw new Error(`${where}: the client got ${answer.body}`);
  const path = request.head.split(" ")[1];
  const expected = PATHS[variant.dialect];
  if (expected !== undefined && path !== expected) throw new Error(`${where}: sent to ${path}`);
  if (variant.name === "openai" && !request.body.includes('"model":"gpt-4o-2024-08-06"')) {
    throw new Error(
      `${where}: the model was not mapped: ${request.head} ${request.body.slice(0, 80)}`,
    );
  }
  if (variant.dialect !== "anthropic" || workload.name !== "image") return null;
  if (request.body.includes('"media_type":"image/png"')) return null;
  return `${variant.title} sends the image untranslated, in OpenAI's form`;
}

function wholeText(body: string): string {
  return (JSON.parse(body) as Whole).choices.map(({ message }) => message.content).join("");
}

function streamedText(body: string): string {
  const events = body.split("\n\n").filter((event) => event.startsWith("data: {"));
  if (!body.endsWith("data: [DONE]\n\n")) return "";
  const chunks = events.map((event) => JSON.parse(event.slice("data: ".length)) as Chunk);
  return chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? "")).join("");
}
