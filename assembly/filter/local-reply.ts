// Errors that the plugin tells the client itself.
import { writeMessageError } from "../anthropic/message-error";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { sendLocalResponse } from "../proxy-wasm/local-response";
import { ByteWriter } from "../text/byte-writer";

/** What the details of this plugin's own answers begin with. */
export const OWN_DETAILS: string = "ai_proxy_";

const LONGEST_DETAIL: i32 = 64;

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** The error as JSON, in Anthropic's shape or OpenAI's. The memory is overwritten by the next error. */
export function errorBody(error: ApiError, forAnthropic: bool): ByteWriter {
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  if (forAnthropic) writeMessageError(error, json);
  else error.write(json);
  return json.out;
}

/** Ends the request with an error. `more` are further headers: name, value, name, value, … */
export function replyWithError(error: ApiError, forAnthropic: bool, more: string[] = []): void {
  const reason = error.code.length > 0 ? error.code : error.type;
  replyWithBody(error.status, reason, errorBody(error, forAnthropic), more);
}

/** Ends the request with an error whose JSON is written already. */
export function replyWithBody(
  status: i32,
  reason: string,
  body: ByteWriter,
  more: string[] = [],
): void {
  const headers = StaticArray.fromArray(["content-type", "application/json"].concat(more));
  sendLocalResponse(status, OWN_DETAILS + toDetail(reason), headers, body);
}

/** Details of a response code are one word: a provider's code may hold anything. */
function toDetail(text: string): string {
  const letters: string[] = [];
  for (let i = 0, count = min(text.length, LONGEST_DETAIL); i < count; ++i) {
    const code = text.charCodeAt(i);
    const isWord =
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      (code >= 0x30 && code <= 0x39);
    letters.push(isWord ? String.fromCharCode(code) : "_");
  }
  return letters.join("");
}
