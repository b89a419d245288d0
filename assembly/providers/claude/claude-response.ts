// A whole message of Claude's as a chat completion:
// https://docs.claude.com/en/api/messages#response-content
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";
import { CompletionWriter } from "../../openai/completion-writer";
import { FinishReason } from "../../openai/finish-reason";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { ANSWER_TOOL } from "./claude-tool-definitions";
import { ClaudeUsage, mapStopReason } from "./claude-usage";

const WEB_CITATION: string = "web_search_result_location";

/** Writes one completion. With `answersByTool` the input of that tool is the content. */
export class ClaudeResponse {
  private readonly completion: CompletionWriter;
  private readonly blocks: i32;
  /** The answer's tool, where the model has used it, or -1. */
  private answer: i32 = -1;
  private calls: i32 = 0;
  private hasText: bool = false;
  private hasThinking: bool = false;
  private hasCitations: bool = false;

  constructor(
    private readonly call: Call,
    private readonly doc: Document,
    answersByTool: bool,
    out: ByteWriter,
  ) {
    this.completion = new CompletionWriter(new JsonWriter(out));
    this.blocks = doc.get(doc.root(), "content");
    for (let block = doc.first(this.blocks); block >= 0; block = doc.next(block)) {
      this.inspect(block, answersByTool);
    }
  }

  private inspect(block: i32, answersByTool: bool): void {
    const doc = this.doc;
    const type = doc.get(block, "type");
    if (doc.stringIs(type, "text")) {
      if (doc.stringLength(doc.get(block, "text")) > 0) this.hasText = true;
      if (this.isCited(block)) this.hasCitations = true;
    } else if (doc.stringIs(type, "thinking")) {
      if (doc.stringLength(doc.get(block, "thinking")) > 0) this.hasThinking = true;
    } else if (doc.stringIs(type, "tool_use")) {
      if (answersByTool && doc.stringIs(doc.get(block, "name"), ANSWER_TOOL)) this.answer = block;
      else this.calls += 1;
    }
  }

  /** Whether a source on the web is cited. Others have no form at OpenAI. */
  private isCited(block: i32): bool {
    const citations = this.doc.get(block, "citations");
    for (let item = this.doc.first(citations); item >= 0; item = this.doc.next(item)) {
      if (isOfType(this.doc, item, WEB_CITATION)) return true;
    }
    return false;
  }

  /** Writes the completion. An error: the answer is no message. */
  write(provider: string): ApiError | null {
    const doc = this.doc;
    const root = doc.root();
    if (!doc.isArray(this.blocks)) return invalidUpstreamResponse(provider, "it has no 'content'");
    const call = this.call;
    const id = doc.string(doc.get(root, "id"));
    const model = doc.string(doc.get(root, "model"));
    this.completion.begin(
      id.length > 0 ? id : call.newId("chatcmpl-"),
      call.created,
      model.length > 0 ? model : call.model,
    );
    this.writeContent();
    if (this.hasThinking) this.writeReasoning();
    if (this.hasCitations && this.answer < 0) this.writeAnnotations();
    if (this.calls > 0) this.writeCalls();
    const usage = new ClaudeUsage();
    usage.read(doc, doc.get(root, "usage"));
    usage.tell(call.usage);
    this.completion.end(this.finishReason(), call.usage);
    return null;
  }

  private finishReason(): FinishReason {
    const reason = mapStopReason(this.doc, this.doc.get(this.doc.root(), "stop_reason"));
    const isAnswered = reason == FinishReason.ToolCalls && this.calls == 0;
    return isAnswered ? FinishReason.Stop : reason;
  }

  private writeContent(): void {
    const doc = this.doc;
    const json = this.completion.json;
    if (this.answer < 0 && !this.hasText && this.calls > 0) {
      this.completion.noContent();
      return;
    }
    this.completion.beginContent();
    if (this.answer >= 0) {
      const input = doc.get(this.answer, "input");
      json.stringEscape(doc.ptr + doc.start(input), doc.end(input) - doc.start(input));
    } else {
      for (let block = doc.first(this.blocks); block >= 0; block = doc.next(block)) {
        if (isOfType(doc, block, "text")) json.stringPart(doc, doc.get(block, "text"));
      }
    }
    this.completion.endContent();
  }

  private writeReasoning(): void {
    const doc = this.doc;
    this.completion.beginReasoning();
    for (let block = doc.first(this.blocks); block >= 0; block = doc.next(block)) {
      if (!isOfType(doc, block, "thinking")) continue;
      this.completion.json.stringPart(doc, doc.get(block, "thinking"));
    }
    this.completion.endReasoning();
  }

  /** A block's citations are for all of its text. */
  private writeAnnotations(): void {
    const doc = this.doc;
    this.completion.beginAnnotations();
    let start = 0;
    for (let block = doc.first(this.blocks); block >= 0; block = doc.next(block)) {
      if (!isOfType(doc, block, "text")) continue;
      const end = start + countCharacters(doc.string(doc.get(block, "text")));
      const citations = doc.get(block, "citations");
      for (let item = doc.first(citations); item >= 0; item = doc.next(item)) {
        if (!isOfType(doc, item, WEB_CITATION)) continue;
        this.completion.citation(doc, doc.get(item, "url"), doc.get(item, "title"), start, end);
      }
      start = end;
    }
    this.completion.endAnnotations();
  }

  private writeCalls(): void {
    const doc = this.doc;
    let index = 0;
    for (let block = doc.first(this.blocks); block >= 0; block = doc.next(block)) {
      if (block == this.answer || !isOfType(doc, block, "tool_use")) continue;
      const name = doc.get(block, "name");
      const ownId = this.call.newId("call_") + (index++).toString();
      this.completion.toolCall(doc, doc.get(block, "id"), name, doc.get(block, "input"), ownId);
    }
  }
}

function isOfType(doc: Document, block: i32, type: string): bool {
  return doc.stringIs(doc.get(block, "type"), type);
}

/** Unicode characters of a text, as OpenAI counts them. */
function countCharacters(text: string): i32 {
  let count = 0;
  for (let i = 0; i < text.length; ++i) {
    if ((text.charCodeAt(i) & 0xfc00) != 0xdc00) ++count;
  }
  return count;
}
