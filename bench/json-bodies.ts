// The texts that bench/json.ts parses: what a gateway sees of the OpenAI API.

/** One text and how json-as knows it. */
export interface Body {
  name: string;
  bytes: Uint8Array;
  /** Number of the class in json-as-entry.ts. */
  shape: number;
}

/** A generator with a fixed seed: every run measures the same texts. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const ENGLISH =
  'The "quick" answer is short: use a buffer, keep it, and write once.\nThen measure again – ' +
  "naïve loops are often fine. Paths such as C:\\temp or tabs\tin code appear now and then; most " +
  "of the text however is plain prose that goes on for a while without anything that needs " +
  "attention. ";
const CHINESE =
  "网关把每一次请求翻译成供应商自己的格式,再把回答翻译回来。流式回答按事件到达,每个事件都是一小段文本。" +
  "「日本語の文章も混ざることがあります」와 한국어 문장, plus a few English words.\n";

function contents(text: string, count: number, length: number): string[] {
  const next = random(7);
  return Array.from({ length: count }, () => {
    const size = Math.floor(length * (0.2 + 1.6 * next()));
    const from = Math.floor(next() * text.length);
    return (text.slice(from) + text.repeat(Math.ceil(size / text.length) + 1)).slice(0, size);
  });
}

function conversation(text: string, length: number): object {
  const messages = contents(text, 200, length).map((content, i) => {
    return { role: i == 0 ? "system" : i % 2 == 0 ? "assistant" : "user", content };
  });
  return { model: "gpt-4o-mini", temperature: 0.7, stream: true, messages };
}

function image(): object {
  const next = random(3);
  const bytes = Uint8Array.from({ length: 750_000 }, () => next() * 256);
  const url = "data:image/png;base64," + Buffer.from(bytes).toString("base64");
  const content = [
    { type: "text", text: "What is in this picture?" },
    { type: "image_url", image_url: { url } },
  ];
  return { model: "gpt-4o", messages: [{ role: "user", content }] };
}

function chunk(): object {
  return {
    id: "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
    object: "chat.completion.chunk",
    created: 1741570283,
    model: "gpt-4o-2024-08-06",
    system_fingerprint: "fp_fc9f1d7035",
    choices: [{ index: 0, delta: { content: " gateway" }, logprobs: null, finish_reason: null }],
  };
}

function embeddings(): object {
  const next = random(5);
  const list = Array.from({ length: 4 }, (_, index) => {
    const embedding = Array.from({ length: 1536 }, () => (next() - 0.5) / 8);
    return { object: "embedding", index, embedding };
  });
  const usage = { prompt_tokens: 40, total_tokens: 40 };
  return { object: "list", data: list, model: "text-embedding-3-small", usage };
}

/** All texts. */
export function bodies(): Body[] {
  const encode = (value: object, indent?: number) =>
    new TextEncoder().encode(JSON.stringify(value, null, indent));
  const english = conversation(ENGLISH, 450);
  return [
    { name: "1 MB with a data-URL image", bytes: encode(image()), shape: 0 },
    { name: "100 KB conversation, 200 messages", bytes: encode(english), shape: 1 },
    { name: "the same, indented", bytes: encode(english, 2), shape: 1 },
    { name: "100 KB conversation, CJK", bytes: encode(conversation(CHINESE, 190)), shape: 1 },
    { name: "stream chunk", bytes: encode(chunk()), shape: 2 },
    { name: "embeddings, 4 x 1536 floats", bytes: encode(embeddings()), shape: 3 },
    { name: "the same, indented", bytes: encode(embeddings(), 2), shape: 3 },
  ];
}
