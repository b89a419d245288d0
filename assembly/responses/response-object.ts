// A response but for its output: https://platform.openai.com/docs/api-reference/responses/object
import { Part } from "../clients/chat-events";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, shorten } from "../openai/api-error";
import { FinishReason } from "../openai/finish-reason";
import { Usage } from "../openai/usage";
import { joinLines } from "../stream/sse-encoder";
import { ByteWriter } from "../text/byte-writer";
import { OutputItem } from "./output-item";
import { writeEcho } from "./request-echo";

/** What completions, and messages of Claude's, say they are. */
const PREFIXES: StaticArray<string> = ["chatcmpl-", "msg_"];

/** Whether an answer has stopped before it was done. */
export function isIncomplete(reason: FinishReason): bool {
  return reason == FinishReason.Length || reason == FinishReason.ContentFilter;
}

/** One response: the request has to be taken first, then the beginning of the answer. */
export class ResponseObject {
  /** Members that the request decides, as JSON. */
  private readonly echo: ByteWriter = new ByteWriter();
  /** Reasoning is told as its summary: the client has asked for one. */
  private tellsSummary: bool = false;
  /** The id without what says whose it is. */
  private key: string = "";
  private created: i64 = 0;
  private model: string = "";
  private tier: string = "";
  private items: i32 = 0;

  /** Keeps what the answer repeats. */
  takeRequest(doc: Document): void {
    const root = doc.root();
    this.echo.clear();
    writeEcho(doc, new JsonWriter(this.echo));
    // It stands in events, which have one line.
    joinLines(this.echo, 0);
    this.tellsSummary = doc.isString(doc.get(doc.get(root, "reasoning"), "summary"));
    this.tier = doc.string(doc.get(root, "service_tier"));
  }

  /** Takes id, time and model of a completion, or of its first chunk. */
  takeAnswer(doc: Document, answer: i32): void {
    const id = doc.string(doc.get(answer, "id"));
    this.key = id;
    for (let i = 0; i < PREFIXES.length; ++i) {
      if (id.startsWith(PREFIXES[i])) this.key = id.substring(PREFIXES[i].length);
    }
    this.created = doc.integer(doc.get(answer, "created"), 0);
    this.model = doc.string(doc.get(answer, "model"));
    const tier = doc.get(answer, "service_tier");
    if (doc.isString(tier)) this.tier = doc.string(tier);
    this.items = 0;
  }

  /** The next item of the output. */
  newItem(part: Part, isCustom: bool = false): OutputItem {
    const prefix =
      part == Part.Reasoning ? "rs" : part != Part.Call ? "msg" : isCustom ? "ctc" : "fc";
    const index = this.items++;
    const item = new OutputItem(part, `${prefix}_${this.key}_${index}`, index, this.tellsSummary);
    item.isCustom = isCustom;
    return item;
  }

  /** Writes the response as it begins. */
  writeBegun(json: JsonWriter): void {
    this.begin("in_progress", json);
    json.keyNull("error");
    json.keyNull("incomplete_details");
    this.end(null, null, json);
  }

  /** Writes the response at its end: `output` has its items as JSON, parted by commas. */
  writeOver(reason: FinishReason, output: ByteWriter, usage: Usage, json: JsonWriter): void {
    this.begin(isIncomplete(reason) ? "incomplete" : "completed", json);
    json.keyNull("error");
    json.key("incomplete_details");
    if (isIncomplete(reason)) {
      json.beginObject();
      const isFull = reason == FinishReason.Length;
      json.keyString("reason", isFull ? "max_output_tokens" : "content_filter");
      json.endObject();
    } else {
      json.null();
    }
    this.end(output, usage, json);
  }

  /** Writes the response that could not be completed. */
  writeFailed(error: ApiError, output: ByteWriter, json: JsonWriter): void {
    this.begin("failed", json);
    json.key("error");
    json.beginObject();
    json.keyString("code", error.status == 429 ? "rate_limit_exceeded" : "server_error");
    json.keyString("message", shorten(error.message));
    json.endObject();
    json.keyNull("incomplete_details");
    this.end(output, null, json);
  }

  private begin(status: string, json: JsonWriter): void {
    json.beginObject();
    json.keyString("id", `resp_${this.key}`);
    json.keyString("object", "response");
    json.keyInteger("created_at", this.created);
    json.keyString("status", status);
    json.keyString("model", this.model);
  }

  private end(output: ByteWriter | null, usage: Usage | null, json: JsonWriter): void {
    json.key("output");
    json.beginArray();
    if (output !== null && output.length > 0) json.raw(output.ptr, output.length);
    json.endArray();
    if (this.tier.length > 0) json.keyString("service_tier", this.tier);
    else json.keyNull("service_tier");
    json.key("usage");
    if (usage !== null && usage.isKnown) writeUsage(usage, json);
    else json.null();
    json.raw(this.echo.ptr, this.echo.length);
    json.endObject();
  }

  release(): void {
    this.echo.release();
  }
}

function writeUsage(usage: Usage, json: JsonWriter): void {
  json.beginObject();
  json.keyInteger("input_tokens", usage.prompt);
  json.key("input_tokens_details");
  json.beginObject();
  json.keyInteger("cached_tokens", usage.cached);
  json.keyInteger("cache_write_tokens", usage.cacheWrite);
  json.endObject();
  json.keyInteger("output_tokens", usage.completion);
  json.key("output_tokens_details");
  json.beginObject();
  json.keyInteger("reasoning_tokens", usage.reasoning);
  json.endObject();
  json.keyInteger("total_tokens", usage.total());
  json.endObject();
}
