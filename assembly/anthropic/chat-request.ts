// A message request as a request for a chat completion: https://docs.claude.com/en/api/messages
import { ChatTarget } from "../clients/chat-target";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import {
  ApiError,
  invalidRequest,
  invalidType,
  missingParameter,
  unsupportedParameter,
} from "../openai/api-error";
import { ByteWriter } from "../text/byte-writer";
import { RequestTurns } from "./request-turns";
import { effortOf } from "./request-thinking";
import { writeTools } from "./request-tools";

/** Characters that OpenAI takes for an end user. */
const LONGEST_USER: i32 = 64;

/** Writes the chat request that says the same to `out`. An error says what is wrong, or cannot be said. */
export function writeChatRequest(
  target: ChatTarget,
  doc: Document,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const error = check(doc, target.provider);
  if (error !== null) return error;
  const json = new JsonWriter(out);
  out.reserve(doc.length + 512);
  json.beginObject();
  writeMember("model", "model", doc, json);
  json.key("messages");
  json.beginArray();
  const turnError = new RequestTurns(target, doc, json).write();
  if (turnError !== null) return turnError;
  json.endArray();
  writeMember("max_completion_tokens", "max_tokens", doc, json);
  writeMember("temperature", "temperature", doc, json);
  writeMember("top_p", "top_p", doc, json);
  if (target.takesExtensions) writeMember("top_k", "top_k", doc, json);
  if (doc.first(doc.get(root, "stop_sequences")) >= 0) {
    writeMember("stop", "stop_sequences", doc, json);
  }
  const toolError = writeTools(doc, json);
  if (toolError !== null) return toolError;
  const effort = effortOf(doc);
  if (effort.length > 0) json.keyString("reasoning_effort", effort);
  writeFormat(doc, json);
  const user = doc.string(doc.get(doc.get(root, "metadata"), "user_id"));
  if (user.length > 0) json.keyString("user", user.substring(0, LONGEST_USER));
  writeMember("stream", "stream", doc, json);
  target.writeUsageOption(doc, json);
  json.endObject();
  return null;
}

function check(doc: Document, provider: string): ApiError | null {
  const root = doc.root();
  const limit = doc.get(root, "max_tokens");
  if (doc.absent(doc.get(root, "model"))) return missingParameter("model");
  if (doc.absent(limit)) return missingParameter("max_tokens");
  if (doc.integer(limit, -1) < 0) return invalidType("max_tokens", "an integer");
  const messages = doc.get(root, "messages");
  if (doc.absent(messages)) return missingParameter("messages");
  if (!doc.isArray(messages)) return invalidType("messages", "an array of objects");
  if (doc.first(messages) < 0) return invalidRequest("messages: at least one message is required");
  const servers = doc.get(root, "mcp_servers");
  return doc.first(servers) < 0 ? null : unsupportedParameter("mcp_servers", provider);
}

/** Copies a member, whatever its name is there. */
function writeMember(name: string, own: string, doc: Document, json: JsonWriter): void {
  const value = doc.get(doc.root(), own);
  if (!doc.absent(value)) json.keyValue(name, doc, value);
}

/** The schema that the answer has to fit, which has had two places. */
function writeFormat(doc: Document, json: JsonWriter): void {
  const root = doc.root();
  let format = doc.get(doc.get(root, "output_config"), "format");
  if (!doc.isObject(format)) format = doc.get(root, "output_format");
  const schema = doc.get(format, "schema");
  if (!doc.isObject(schema)) return;
  json.key("response_format");
  json.beginObject();
  json.keyString("type", "json_schema");
  json.key("json_schema");
  json.beginObject();
  json.keyString("name", "answer");
  json.keyValue("schema", doc, schema);
  json.endObject();
  json.endObject();
}
