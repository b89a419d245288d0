// What a running gateway invites to try; every line works exactly as it is printed.

export interface Gateway {
  /** Base URL of the listener in front of OpenAI. */
  openai: string;
  /** Base URL of the listener in front of Anthropic. */
  claude: string;
}

/** Commands to paste into a shell. */
export function examples(gateway: Gateway): string {
  const hello = [{ role: "user", content: "Say hello" }];
  const chat = { model: "gpt-4o-mini", messages: hello };
  const stream = { model: "claude-haiku-4-5", stream: true, messages: hello };
  const unknown = { model: "no-such-model", messages: hello };
  return [
    "# an answer of OpenAI",
    curl(gateway.openai, chat),
    "",
    "# a stream of Anthropic, as OpenAI would send it",
    curl(gateway.claude, stream),
    "",
    "# an error of Anthropic, as OpenAI would word it",
    curl(gateway.claude, unknown),
    "",
    "# the official SDK, in this folder",
    sdk(gateway.claude),
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
