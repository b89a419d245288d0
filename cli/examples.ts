// What a running gateway invites to try; every line works exactly as it is printed.

export interface Examples {
  /** Base URL of the gateway. */
  base: string;
  /** A model that fails at its first provider, so that the next one answers; null where none does for sure. */
  failingModel: string | null;
}

/** Commands to paste into a shell. */
export function examples({ base, failingModel }: Examples): string {
  const messages = [{ role: "user", content: "Say hello" }];
  const chat = (model: string, more: object = {}) => curl(base, { model, ...more, messages });
  const fallback = [
    `# a fallback: ${failingModel} fails at its first provider, the next one answers`,
    chat(failingModel ?? ""),
    "",
  ];
  return [
    "# an answer of OpenAI",
    chat("gpt-4o-mini"),
    "",
    "# a stream of Anthropic, as OpenAI would send it",
    chat("claude-haiku-4-5", { stream: true }),
    "",
    "# an error of Anthropic, as OpenAI would word it",
    chat("claude-no-such-model"),
    "",
    ...(failingModel === null ? [] : fallback),
    "# the official SDK, in this folder",
    sdk(base),
  ].join("\n");
}

function curl(base: string, body: object): string {
  const json = "-H 'content-type: application/json'";
  return `curl -sNw '\\n' ${base}/chat/completions ${json} -d '${JSON.stringify(body)}'`;
}

function sdk(base: string): string {
  return `node --input-type=module -e '
import OpenAI from "openai";
const client = new OpenAI({ baseURL: "${base}", apiKey: "any" });
const messages = [{ role: "user", content: "Say hello" }];
const answer = await client.chat.completions.create({ model: "claude-haiku-4-5", messages });
console.log(answer.choices[0].message.content);
'`;
}
