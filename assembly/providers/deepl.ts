// DeepL: a conversation's last turn is what is translated:
// https://developers.deepl.com/api-reference/translate
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidUpstreamResponse, invalidValue } from "../openai/api-error";
import { CompletionWriter } from "../openai/completion-writer";
import { FinishReason } from "../openai/finish-reason";
import { hasText, writeContentText } from "../openai/message-text";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { refuse } from "./compatible-request";
import { EncodedBody } from "./encoded-body";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { HeaderEdits } from "./header-edits";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

const PRO_HOST: string = "api.deepl.com";
const FREE_HOST: string = "api-free.deepl.com";
/** What keys of the free plan end in. */
const FREE_SUFFIX: string = ":fx";
/** A model of this name and a language translates into that language. */
const MODEL_PREFIX: string = "deepl-";
const MODEL_TYPES: string[] = [
  "quality_optimized",
  "prefer_quality_optimized",
  "latency_optimized",
];

/** DeepL's own members, which a client may send beside OpenAI's. */
const PASSED: string[] = (
  "source_lang formality glossary_id glossary_ids style_id translation_memory_id " +
  "translation_memory_threshold custom_instructions split_sentences preserve_formatting " +
  "tag_handling tag_handling_version outline_detection non_splitting_tags splitting_tags " +
  "ignore_tags show_billed_characters"
).split(" ");

/** DeepL's row. */
export function deeplSpec(): ProviderSpec {
  return new ProviderSpec("deepl", PRO_HOST)
    .oneChoice()
    .refuses("tools functions response_format")
    .refusesParts("image_url input_audio file")
    .serves(Capability.Chat, "/v2/translate")
    .serves(Capability.Models, "/v2/languages");
}

/** Translates the user's words, with the system's as their context. */
export class Deepl extends Provider {
  validate(): string {
    return this.settings.targetLang.length > 0
      ? ""
      : "targetLang: expected the language to translate into";
  }

  /** The model names the plan, or the key does. */
  host(call: Call): string {
    const model = call.model.toLowerCase();
    if (model == "free") return FREE_HOST;
    if (model == "pro") return PRO_HOST;
    return call.token.endsWith(FREE_SUFFIX) ? FREE_HOST : PRO_HOST;
  }

  query(call: Call): string {
    return call.capability == Capability.Models ? "type=target" : "";
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    const error = refuse(this.spec, request);
    if (error !== null) return error;
    const json = new JsonWriter(body.rewrite());
    json.beginObject();
    const wrong = writeTexts(request, json);
    if (wrong !== null) return wrong;
    this.writeLanguage(call, request, json);
    writeContext(request, json);
    writeModelType(call.model, request, json);
    for (let i = 0; i < PASSED.length; ++i) {
      const value = request.get(request.root(), PASSED[i]);
      if (!request.absent(value)) json.keyValue(PASSED[i], request, value);
    }
    json.endObject();
    return null;
  }

  private writeLanguage(call: Call, request: Document, json: JsonWriter): void {
    const own = request.get(request.root(), "target_lang");
    if (request.stringLength(own) > 0) {
      json.keyValue("target_lang", request, own);
      return;
    }
    const isNamed = call.model.startsWith(MODEL_PREFIX) && call.model.length > MODEL_PREFIX.length;
    const named = isNamed ? call.model.substring(MODEL_PREFIX.length) : this.settings.targetLang;
    json.keyString("target_lang", named);
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    if (call.token.length == 0) return;
    headers.set("authorization", "DeepL-Auth-Key " + call.token);
  }

  // Response

  readsResponse(call: Call): bool {
    return call.capability == Capability.Chat || call.capability == Capability.Models;
  }

  speaksOpenAi(): bool {
    return false;
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const root = response.root();
    const isChat = call.capability == Capability.Chat;
    const list = isChat ? response.get(root, "translations") : root;
    if (!response.isArray(list)) {
      const hasMessage = response.isString(response.get(root, "message"));
      if (hasMessage) return this.decodeErrorDocument(call, 0, response);
      return invalidUpstreamResponse(this.id, "it has no translations");
    }
    const json = new JsonWriter(body.rewrite());
    if (isChat) writeTranslations(call, response, list, json);
    else writeLanguages(response, list, json);
    return null;
  }

  // Errors

  refineError(call: Call, error: NativeError): ApiError {
    const isKey = error.status == 403 && !error.mentions("scope") && !error.mentions("permission");
    return errorOf(isKey ? ErrorClass.BadCredential : classOf(error), error);
  }
}

/** What the user has said since the assistant spoke last: one text for each message. */
function writeTexts(doc: Document, json: JsonWriter): ApiError | null {
  const messages = doc.get(doc.root(), "messages");
  let first = -1;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    const role = doc.get(message, "role");
    if (doc.stringIs(role, "user")) first = first < 0 ? message : first;
    else if (!isSystem(doc, role)) first = -1;
  }
  let count = 0;
  json.key("text");
  json.beginArray();
  for (let message = first; message >= 0; message = doc.next(message)) {
    const content = doc.get(message, "content");
    if (isSystem(doc, doc.get(message, "role")) || !hasText(doc, content)) continue;
    count += 1;
    json.beginString();
    writeContentText(doc, content, json);
    json.endString();
  }
  json.endArray();
  if (count > 0) return null;
  return invalidValue("messages", "The last turn has no text of the user to translate.");
}

function isSystem(doc: Document, role: i32): bool {
  return doc.stringIs(role, "system") || doc.stringIs(role, "developer");
}

/** The system's words influence the translation, and are not translated themselves. */
function writeContext(doc: Document, json: JsonWriter): void {
  const messages = doc.get(doc.root(), "messages");
  let count = 0;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    const content = doc.get(message, "content");
    if (!isSystem(doc, doc.get(message, "role")) || !hasText(doc, content)) continue;
    if (count++ == 0) {
      json.key("context");
      json.beginString();
    } else {
      json.stringText("\n");
    }
    writeContentText(doc, content, json);
  }
  if (count > 0) json.endString();
}

function writeModelType(model: string, doc: Document, json: JsonWriter): void {
  const own = doc.get(doc.root(), "model_type");
  if (doc.isString(own)) json.keyValue("model_type", doc, own);
  else if (MODEL_TYPES.includes(model)) json.keyString("model_type", model);
}

/** Texts become one choice, a line each. Characters are counted where they were asked for. */
function writeTranslations(call: Call, doc: Document, list: i32, json: JsonWriter): void {
  const completion = new CompletionWriter(json);
  completion.begin(call.newId("chatcmpl-"), call.created, call.model);
  completion.beginContent();
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    if (item != doc.first(list)) json.stringText("\n");
    json.stringPart(doc, doc.get(item, "text"));
    const billed = doc.integer(doc.get(item, "billed_characters"), 0);
    call.usage.prompt += billed;
    if (billed > 0) call.usage.isKnown = true;
  }
  completion.endContent();
  const language = doc.get(doc.first(list), "detected_source_language");
  if (doc.isString(language)) json.keyValue("detected_source_language", doc, language);
  completion.end(FinishReason.Stop, call.usage);
}

/** Languages as models that translate into them. */
function writeLanguages(doc: Document, list: i32, json: JsonWriter): void {
  json.beginObject();
  json.keyString("object", "list");
  json.key("data");
  json.beginArray();
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    const language = doc.get(item, "language");
    if (!doc.isString(language)) continue;
    json.beginObject();
    json.keyString("id", MODEL_PREFIX + doc.string(language));
    json.keyString("object", "model");
    json.keyInteger("created", 0);
    json.keyString("owned_by", "deepl");
    json.endObject();
  }
  json.endArray();
  json.endObject();
}
