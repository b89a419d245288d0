// A whole answer of Converse as a chat completion:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";
import { CompletionWriter } from "../../openai/completion-writer";
import { FinishReason } from "../../openai/finish-reason";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { ANSWER_TOOL } from "../claude/claude-tool-definitions";
import { mapStopReason, readUsage } from "./bedrock-usage";

/** Whether a `toolUse` is a call for the client: some tools run at Amazon. */
export function isClientCall(doc: Document, use: i32): bool {
  const isServerTool = doc.stringIs(doc.get(use, "type"), "server_tool_use");
  return doc.isString(doc.get(use, "name")) && !isServerTool;
}

/** Writes one completion. With `answersByTool` the input of that tool is the content. */
export class BedrockResponse {
  private readonly completion: CompletionWriter;
  private readonly blocks: i32;
  /** The call of the answer's tool, where the model has used it, or -1. */
  private answer: i32 = -1;
  private calls: i32 = 0;
  private hasText: bool = false;
  private hasReasoning: bool = false;

  constructor(
    private readonly call: Call,
    private readonly id: string,
    private readonly doc: Document,
    answersByTool: bool,
    out: ByteWriter,
  ) {
    this.completion = new CompletionWriter(new JsonWriter(out));
    const output = doc.get(doc.root(), "output");
    this.blocks = doc.get(doc.get(output, "message"), "content");
    for (let block = doc.first(this.blocks); block >= 0; block = doc.next(block)) {
      const use = doc.get(block, "toolUse");
      const isAnswer = answersByTool && doc.stringIs(doc.get(use, "name"), ANSWER_TOOL);
      if (isAnswer && doc.isObject(doc.get(use, "input"))) this.answer = use;
      else if (isClientCall(doc, use)) this.calls += 1;
      if (doc.stringLength(doc.get(block, "text")) > 0 || this.citedText(block) >= 0) {
        this.hasText = true;
      }
      if (doc.stringLength(this.reasoningOf(block)) > 0) this.hasReasoning = true;
    }
  }

  /** The first part of a text with citations, or -1. */
  private citedText(block: i32): i32 {
    const doc = this.doc;
    return doc.first(doc.get(doc.get(block, "citationsContent"), "content"));
  }

  private reasoningOf(block: i32): i32 {
    const doc = this.doc;
    return doc.get(doc.get(doc.get(block, "reasoningContent"), "reasoningText"), "text");
  }

  /** Writes the completion. An error: the answer is no message. */
  write(provider: string): ApiError | null {
    const doc = this.doc;
    const root = doc.root();
    if (!doc.isArray(this.blocks)) return invalidUpstreamResponse(provider, "it has no 'output'");
    const call = this.call;
    this.completion.begin(this.id, call.created, call.model);
    this.writeContent();
    if (this.hasReasoning) this.writeReasoning();
    if (this.calls > 0) this.writeCalls();
    readUsage(doc, doc.get(root, "usage"), call.usage);
    const reason = mapStopReason(doc, doc.get(root, "stopReason"));
    const isAnswered = reason == FinishReason.ToolCalls && this.calls == 0;
    this.completion.end(isAnswered ? FinishReason.Stop : reason, call.usage);
    return null;
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
        json.stringPart(doc, doc.get(block, "text"));
        for (let part = this.citedText(block); part >= 0; part = doc.next(part)) {
          json.stringPart(doc, doc.get(part, "text"));
        }
      }
    }
    this.completion.endContent();
  }

  private writeReasoning(): void {
    const doc = this.doc;
    this.completion.beginReasoning();
    for (let block = doc.first(this.blocks); block >= 0; block = doc.next(block)) {
      this.completion.json.stringPart(doc, this.reasoningOf(block));
    }
    this.completion.endReasoning();
  }

  private writeCalls(): void {
    const doc = this.doc;
    let index = 0;
    for (let block = doc.first(this.blocks); block >= 0; block = doc.next(block)) {
      const use = doc.get(block, "toolUse");
      if (use == this.answer || !isClientCall(doc, use)) continue;
      const input = doc.get(use, "input");
      const ownId = this.call.newId(`call_${index++}_`);
      this.completion.toolCall(doc, doc.get(use, "toolUseId"), doc.get(use, "name"), input, ownId);
    }
  }
}
