// Errors that the plugin tells the client itself.
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { sendLocalResponse } from "../proxy-wasm/local-response";
import { ByteWriter } from "../text/byte-writer";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** The error as JSON. The memory is overwritten by the next error. */
export function errorBody(error: ApiError): ByteWriter {
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  error.write(json);
  return json.out;
}

/** Ends the request with an error. */
export function replyWithError(error: ApiError): void {
  const headers: StaticArray<string> = ["content-type", "application/json"];
  const reason = error.code.length > 0 ? error.code : error.type;
  sendLocalResponse(error.status, "ai_proxy_" + toDetail(reason), headers, errorBody(error));
}

/** Details of a response code must not hold spaces. */
function toDetail(text: string): string {
  return text.replaceAll(" ", "_");
}
