// What the client sends: https://platform.openai.com/docs/api-reference/chat/create

export const WORKLOAD_NAMES = ["small", "conversation", "image", "burst", "writes"] as const;
export type WorkloadName = (typeof WORKLOAD_NAMES)[number];

export interface Workload {
  name: WorkloadName;
  title: string;
  /** The request as it goes over the wire. */
  request: Buffer;
  /** The text that the answer says in all. */
  answer: string;
  streams: boolean;
  /** How long one measurement shall take. */
  seconds: number;
  /** Fewest requests of one measurement. */
  least: number;
}

export const MODEL = "gpt-4o";
export const WHOLE_ANSWER =
  "Envoy is a proxy: it accepts connections, reads requests and sends them on.\n\n" +
  "1. A *listener* takes the connection.\n2. Filters look at the request — and may change it.\n" +
  '3. A "cluster" names where it goes.';
export const DELTA_COUNT = 100;
/** The pieces of a streamed answer. */
export const DELTAS: readonly string[] = Array.from({ length: DELTA_COUNT }, (_, i) => {
  const words = [
    " the",
    " proxy",
    " reads",
    ' "it"',
    " and\n",
    " sends",
    " bytes",
    " é",
    ".",
    " A",
  ];
  return words[i % words.length] ?? "";
});

/** Text that looks like people's: line ends, quotes, a letter outside of ASCII now and then. */
function prose(length: number, seed: number): string {
  const sentences = [
    "Could you explain how the retry policy of a route works? ",
    'It says "upstream connect error", and then nothing more.\n',
    "The cluster has two endpoints; one of them is in another zone. ",
    "Voilà — that is what I have tried so far:\n\n\t- a longer timeout\n\t- fewer retries\n",
    "As far as I can see, nothing in the log explains it. ",
  ];
  let text = "";
  for (let i = seed; text.length < length; ++i) text += sentences[i % sentences.length];
  return text.slice(0, length);
}

const SYSTEM = { role: "system", content: "You are a helpful assistant." };
const QUESTION = { role: "user", content: "What does a proxy do? Three short points, please." };

function conversation(): object[] {
  const messages = Array.from({ length: 199 }, (_, i) => ({
    role: i % 2 === 0 ? "user" : "assistant",
    content: prose(450, i),
  }));
  return [SYSTEM, ...messages];
}

function image(): object[] {
  const bytes = Buffer.alloc(768 * 1024, 0);
  // No two bytes of a picture are alike, and every run shall send the same ones.
  for (let i = 0, x = 1; i < bytes.length; ++i) bytes[i] = x = (x * 75 + 74) % 65537;
  const url = `data:image/png;base64,${bytes.toString("base64")}`;
  const content = [
    { type: "text", text: "What is in this picture?" },
    { type: "image_url", image_url: { url } },
  ];
  return [SYSTEM, { role: "user", content }];
}

function httpRequest(messages: object[], more: object): Buffer {
  const body = Buffer.from(
    JSON.stringify({ model: MODEL, messages, temperature: 0.7, max_tokens: 512, ...more }),
  );
  const head =
    "POST /v1/chat/completions HTTP/1.1\r\nhost: gateway.test\r\naccept: application/json\r\n" +
    "content-type: application/json\r\nuser-agent: OpenAI/JS 6.49.0\r\n" +
    "authorization: Bearer sk-client\r\nx-stainless-lang: js\r\nx-stainless-runtime: node\r\n" +
    `content-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function whole(name: WorkloadName, title: string, messages: object[]): Workload {
  const request = httpRequest(messages, {});
  return { name, title, request, answer: WHOLE_ANSWER, streams: false, seconds: 0.1, least: 24 };
}

function streamed(name: WorkloadName, title: string, seconds: number, least: number): Workload {
  const request = httpRequest([SYSTEM, QUESTION], { stream: true });
  return { name, title, request, answer: DELTAS.join(""), streams: true, seconds, least };
}

/** Every workload, in the order of the tables. */
export function workloads(): Workload[] {
  return [
    whole("small", "small chat", [SYSTEM, QUESTION]),
    whole("conversation", "100 KB, 200 messages", conversation()),
    whole("image", "1 MB, one image", image()),
    streamed("burst", "100 deltas, one write", 0.1, 24),
    streamed("writes", "100 deltas, 100 writes", 0.3, 24),
  ];
}
