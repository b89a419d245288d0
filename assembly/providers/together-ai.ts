// Together AI: https://docs.together.ai/reference/chat-completions-1
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { writeModelList } from "./compatible-models";
import { EncodedBody } from "./encoded-body";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** What OpenAI says of a token that is very unlikely. */
const UNLIKELY: f64 = -9999;

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Together's row. */
export function togetherAiSpec(): ProviderSpec {
  return new ProviderSpec("together-ai", "api.together.xyz")
    .renames("max_completion_tokens max_tokens")
    .chat("/v1")
    .completions("/v1")
    .embeddings("/v1")
    .rerank("/v1")
    .modelList("/v1")
    .images("/v1")
    .speech("/v1")
    .transcriptions("/v1")
    .translations("/v1");
}

/**
 * Asks for log probabilities by number and tells them as OpenAI does, and makes a list of
 * Together's array of models.
 */
export class TogetherAi extends Provider {
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    const asked = request.get(root, "logprobs");
    if (!request.isTrue(asked) && !request.isFalse(asked)) return null;
    const count = request.integer(request.get(root, "top_logprobs"), 1);
    edit.remove(root, "top_logprobs");
    if (request.isTrue(asked)) edit.setInteger(root, "logprobs", max(count, 1));
    else edit.remove(root, "logprobs");
    return null;
  }

  editResponse(call: Call, response: Document, edit: JsonEdit): void {
    if (call.capability != Capability.Chat) return;
    const choices = response.get(response.root(), "choices");
    for (let choice = response.first(choices); choice >= 0; choice = response.next(choice)) {
      const text = response.get(response.get(choice, "message"), "content");
      editLogprobs(response, choice, text, edit);
    }
  }

  editChunk(call: Call, chunk: Document, edit: JsonEdit): bool {
    if (call.capability != Capability.Chat) return true;
    const choices = chunk.get(chunk.root(), "choices");
    for (let choice = chunk.first(choices); choice >= 0; choice = chunk.next(choice)) {
      const text = chunk.get(chunk.get(choice, "delta"), "content");
      editLogprobs(chunk, choice, text, edit);
    }
    return true;
  }

  readsResponse(call: Call): bool {
    return call.capability == Capability.Models || super.readsResponse(call);
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    if (call.capability != Capability.Models || !response.isArray(response.root())) {
      return super.decodeResponse(call, response, body);
    }
    writeModelList(response, response.root(), "organization", body.rewrite());
    return null;
  }
}

/** Two lists, or in a stream the number of the only token, become a list of tokens. */
function editLogprobs(doc: Document, choice: i32, text: i32, edit: JsonEdit): void {
  const own = doc.get(choice, "logprobs");
  const tokens = doc.get(own, "tokens");
  const isNumber = doc.isNumber(own);
  if (!isNumber && !doc.isArray(tokens)) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginObject();
  json.key("content");
  json.beginArray();
  if (isNumber && doc.stringLength(text) > 0) writeToken(doc, text, own, json);
  let number = doc.first(doc.get(own, "token_logprobs"));
  for (let token = doc.first(tokens); token >= 0; token = doc.next(token)) {
    writeToken(doc, token, number, json);
    number = doc.next(number);
  }
  json.endArray();
  json.keyNull("refusal");
  json.endObject();
  edit.replace(own, json.out.ptr, json.out.length);
}

function writeToken(doc: Document, token: i32, number: i32, json: JsonWriter): void {
  json.beginObject();
  json.key("token");
  if (doc.isString(token)) json.value(doc, token);
  else json.ascii("");
  json.key("logprob");
  if (doc.isNumber(number)) json.value(doc, number);
  else json.number(UNLIKELY);
  json.keyNull("bytes");
  json.key("top_logprobs");
  json.beginArray();
  json.endArray();
  json.endObject();
}
