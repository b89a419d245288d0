// A whole answer of Cohere's as OpenAI's completion: https://docs.cohere.com/reference/chat
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";
import { CompletionWriter } from "../../openai/completion-writer";
import { FinishReason } from "../../openai/finish-reason";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { Provider } from "../provider";
import { failureOf, mapFinishReason, readUsage, writeLogprobs } from "./cohere-usage";

/** Writes one completion. */
export class CohereResponse {
  private readonly completion: CompletionWriter;
  private readonly message: i32;
  private readonly content: i32;
  private readonly plan: i32;
  private readonly calls: i32;

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
    private readonly doc: Document,
    out: ByteWriter,
  ) {
    this.completion = new CompletionWriter(new JsonWriter(out));
    const message = doc.get(doc.root(), "message");
    this.message = message;
    this.content = doc.get(message, "content");
    this.plan = doc.get(message, "tool_plan");
    this.calls = doc.get(message, "tool_calls");
  }

  /** Writes the completion. An error: the answer is none, or says that the model failed. */
  write(): ApiError | null {
    const doc = this.doc;
    const root = doc.root();
    if (!doc.isObject(this.message)) {
      return invalidUpstreamResponse(this.provider.id, "it has no 'message'");
    }
    const word = doc.get(root, "finish_reason");
    const reason = mapFinishReason(doc, word);
    const call = this.call;
    if (reason == FinishReason.Failure) {
      return failureOf(doc, word, doc.string(doc.get(root, "error")), call);
    }
    const id = doc.string(doc.get(root, "id"));
    this.completion.begin(id.length > 0 ? id : call.newId("chatcmpl-"), call.created, call.model);
    this.writeContent();
    this.writeReasoning();
    this.writeAnnotations();
    let count = 0;
    for (let item = doc.first(this.calls); item >= 0; item = doc.next(item)) {
      const target = doc.get(item, "function");
      const name = doc.get(target, "name");
      // A call that takes none comes with the word null.
      let input = doc.get(target, "arguments");
      if (doc.stringIs(input, "null")) input = -1;
      const ownId = call.newId("call_") + (count++).toString();
      this.completion.toolCall(doc, doc.get(item, "id"), name, input, ownId);
    }
    readUsage(doc, doc.get(root, "usage"), call.usage);
    this.completion.endMessage();
    this.completion.json.key("logprobs");
    writeLogprobs(doc, doc.get(root, "logprobs"), this.completion.json);
    this.completion.finishChoice(reason);
    this.completion.endChoices(call.usage);
    return null;
  }

  private writeContent(): void {
    const doc = this.doc;
    if (doc.first(this.calls) >= 0 && !this.hasPart("text")) {
      this.completion.noContent();
      return;
    }
    this.completion.beginContent();
    if (doc.isString(this.content)) this.completion.json.stringPart(doc, this.content);
    else this.writeParts("text");
    this.completion.endContent();
  }

  /** What the model thought, and what it planned to do with its tools. */
  private writeReasoning(): void {
    if (!this.hasPart("thinking") && this.doc.stringLength(this.plan) == 0) return;
    this.completion.beginReasoning();
    this.writeParts("thinking");
    this.completion.json.stringPart(this.doc, this.plan);
    this.completion.endReasoning();
  }

  /** Whether the content has a text of a type; the text stands in a member of the type's name. */
  private hasPart(type: string): bool {
    const doc = this.doc;
    for (let part = doc.first(this.content); part >= 0; part = doc.next(part)) {
      if (doc.stringIs(doc.get(part, "type"), type) && doc.stringLength(doc.get(part, type)) > 0) {
        return true;
      }
    }
    return false;
  }

  private writeParts(type: string): void {
    const doc = this.doc;
    for (let part = doc.first(this.content); part >= 0; part = doc.next(part)) {
      if (!doc.stringIs(doc.get(part, "type"), type)) continue;
      this.completion.json.stringPart(doc, doc.get(part, type));
    }
  }

  /** Only sources with an address have a form at OpenAI. */
  private writeAnnotations(): void {
    const doc = this.doc;
    let count = 0;
    const citations = doc.get(this.message, "citations");
    for (let item = doc.first(citations); item >= 0; item = doc.next(item)) {
      const start = <i32>doc.integer(doc.get(item, "start"), 0);
      const end = <i32>doc.integer(doc.get(item, "end"), 0);
      const sources = doc.get(item, "sources");
      for (let source = doc.first(sources); source >= 0; source = doc.next(source)) {
        let found = doc.get(source, "document");
        if (!doc.isObject(found)) found = doc.get(source, "tool_output");
        const url = doc.get(found, "url");
        if (doc.stringLength(url) == 0) continue;
        if (count++ == 0) this.completion.beginAnnotations();
        this.completion.citation(doc, url, doc.get(found, "title"), start, end);
      }
    }
    if (count > 0) this.completion.endAnnotations();
  }
}
