// What the stub provider answers, apart from any wire format: always the same for the same request.

/** What a handler has read from a request, whatever the format it came in. */
export interface Question {
  /** Text of the last user message. */
  text: string;
  /** Text of a tool's result, where the last message carries one. */
  toolResult: string | null;
  /** Functions that may be called; empty where the request forbids calls. */
  tools: Tool[];
  /** A call is demanded, whatever the text says. */
  mustCall: boolean;
  /** JSON Schema the answer has to follow, or null. */
  schema: Schema | null;
  /** Limit in words, or null. */
  maxWords: number | null;
}

export interface Tool {
  name: string;
  parameters: Schema;
}

export interface Schema {
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** Either words (each with its trailing space) or tool calls. */
export interface Answer {
  words: string[];
  toolCalls: { name: string; arguments: Record<string, unknown> }[];
  /** The limit of words cut the answer. */
  truncated: boolean;
}

/** Answers a question: a tool call where the weather is asked for and a tool is there, else text. */
export function answer(question: Question): Answer {
  const [tool] = question.tools;
  if (tool !== undefined && callsTool(question)) {
    const toolCalls = citiesIn(question.text).map((city) => ({
      name: tool.name,
      arguments: example(tool.parameters, city) as Record<string, unknown>,
    }));
    return { words: [], toolCalls, truncated: false };
  }
  const all = wordsOf(textFor(question));
  const words = question.maxWords === null ? all : all.slice(0, question.maxWords);
  return { words, toolCalls: [], truncated: words.length < all.length };
}

function callsTool(question: Question): boolean {
  if (question.toolResult !== null) return false;
  return question.mustCall || /weather/i.test(question.text);
}

function textFor(question: Question): string {
  if (question.toolResult !== null) return `The tool answered: ${question.toolResult}`;
  if (question.schema !== null) return JSON.stringify(example(question.schema, "Oslo"));
  return (
    `You said: “${question.text}”. I am the stub provider: no model was asked, ` +
    `but every byte took the way that a real answer takes.`
  );
}

/** The pieces a stream sends one by one; joined they are the text. */
function wordsOf(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

/** Cities named after "in": "in Oslo and Paris" gives two, nothing gives Oslo. */
function citiesIn(text: string): string[] {
  const found = /\bin ((?:\p{Lu}\p{L}+(?:, | and )?)+)/u.exec(text);
  return found?.[1] ? found[1].split(/, | and /).filter((city) => city !== "") : ["Oslo"];
}

/** A value that fits a JSON Schema; strings without an enum become `word`. */
function example(schema: Schema, word: string): unknown {
  if (schema.enum && schema.enum.length > 0) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object" || schema.properties) {
    const members = Object.entries(schema.properties ?? {});
    return Object.fromEntries(members.map(([name, member]) => [name, example(member, word)]));
  }
  if (type === "array") return schema.items ? [example(schema.items, word)] : [];
  if (type === "integer" || type === "number") return 1;
  if (type === "boolean") return true;
  return type === "null" ? null : word;
}

/** Tokens as the stub counts them: one per word. */
export function countTokens(text: string): number {
  return wordsOf(text).length;
}

/** An embedding of unit length that depends on the text alone. */
export function embed(text: string, dimensions: number): number[] {
  let state = 2166136261;
  for (const char of text) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 16777619) >>> 0;
  const values = Array.from({ length: dimensions }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  const norm = Math.hypot(...values) || 1;
  // Rounded to 32 bits, so that numbers and base64 say the same.
  return values.map((value) => Math.fround(value / norm));
}
