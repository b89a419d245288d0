// A stream of Coze's as OpenAI's chunks: https://www.coze.com/docs/developer_guides/chat_v3
import { FinishReason } from "../../openai/finish-reason";
import { StreamOutput } from "../../stream/stream-output";
import { tellConversation } from "../bot-request";
import { Call } from "../call";
import { EVENT, NativeStream } from "../native-stream";
import { Provider } from "../provider";

/** Translates one stream. */
export class CozeStream extends NativeStream {
  /** Ids of the messages that have come in pieces. */
  private readonly told: string[] = [];

  constructor(provider: Provider, call: Call) {
    super(provider, call);
  }

  /** The whole message at the end may look just like a piece. */
  protected isTextEvent(): bool {
    return this.isNamed("conversation.message.delta");
  }

  /** Events of kinds not known say nothing to an OpenAI client. */
  protected onEvent(out: StreamOutput): void {
    if (this.isTextEvent()) this.onDelta(out);
    else if (this.isNamed("conversation.message.completed")) this.onMessage(out);
    else if (this.isNamed("conversation.chat.created")) this.begin(out);
    else if (this.isNamed("conversation.chat.completed")) this.onChatEnd(out);
    else if (this.isNamed("conversation.chat.canceled")) this.onChatEnd(out);
    else if (this.isNamed("conversation.chat.requires_action")) this.onAction(out);
    else if (this.isNamed("conversation.chat.failed") || this.isNamed("error")) {
      this.failure = this.provider.decodeErrorDocument(this.call, 0, EVENT);
    } else if (this.events.nameLength == 0) {
      this.failure = this.provider.findError(this.call, EVENT);
    }
  }

  /** Takes the chat of the event, unless it has begun. */
  private begin(out: StreamOutput): void {
    if (this.chunks.isStarted) return;
    const root = EVENT.root();
    const isChat = EVENT.get(root, "chat_id") < 0;
    const id = EVENT.string(EVENT.get(root, isChat ? "id" : "chat_id"));
    tellConversation(this.call, EVENT, EVENT.get(root, "conversation_id"));
    const created = isChat ? EVENT.integer(EVENT.get(root, "created_at"), 0) : 0;
    this.start(id.length > 0 ? "chatcmpl-" + id : "", created, out);
  }

  /** Suggestions, and what happens on the way to the answer, are messages too. */
  private isAnswer(): bool {
    return EVENT.stringIs(EVENT.get(EVENT.root(), "type"), "answer");
  }

  private onDelta(out: StreamOutput): void {
    if (!this.isAnswer()) return;
    this.begin(out);
    const root = EVENT.root();
    const id = EVENT.string(EVENT.get(root, "id"));
    if (!this.told.includes(id)) this.told.push(id);
    const reasoning = EVENT.get(root, "reasoning_content");
    const content = EVENT.get(root, "content");
    if (EVENT.stringLength(reasoning) == 0) {
      this.writeAndLearn(content, false, out);
    } else if (EVENT.stringLength(content) == 0) {
      this.writeAndLearn(reasoning, true, out);
    } else {
      this.chunks.reasoning(EVENT, reasoning, out.writer());
      this.chunks.content(EVENT, content, out.writer());
    }
  }

  /** A message that is complete repeats its pieces; some, such as cards, come only so. */
  private onMessage(out: StreamOutput): void {
    const root = EVENT.root();
    if (!this.isAnswer() || this.told.includes(EVENT.string(EVENT.get(root, "id")))) return;
    this.begin(out);
    const reasoning = EVENT.get(root, "reasoning_content");
    const content = EVENT.get(root, "content");
    if (EVENT.stringLength(reasoning) > 0) this.chunks.reasoning(EVENT, reasoning, out.writer());
    if (EVENT.stringLength(content) > 0) this.chunks.content(EVENT, content, out.writer());
  }

  private onChatEnd(out: StreamOutput): void {
    if (EVENT.stringIs(EVENT.get(EVENT.root(), "status"), "failed")) {
      this.failure = this.provider.decodeErrorDocument(this.call, 0, EVENT);
      return;
    }
    this.begin(out);
    this.readUsage();
    this.finish(FinishReason.Stop, out);
  }

  /** The bot has tools of its own that run at the client. */
  private onAction(out: StreamOutput): void {
    this.begin(out);
    this.readUsage();
    const action = EVENT.get(EVENT.root(), "required_action");
    const calls = EVENT.get(EVENT.get(action, "submit_tool_outputs"), "tool_calls");
    let index = 0;
    for (let item = EVENT.first(calls); item >= 0; item = EVENT.next(item), ++index) {
      const target = EVENT.get(item, "function");
      const input = EVENT.get(target, "arguments");
      const id = EVENT.string(EVENT.get(item, "id"));
      const writer = out.writer();
      this.chunks.toolCall(index, id, EVENT.string(EVENT.get(target, "name")), writer);
      if (EVENT.stringLength(input) > 0) this.chunks.toolArguments(index, EVENT, input, writer);
      else this.chunks.emptyArguments(index, writer);
    }
    this.finish(index > 0 ? FinishReason.ToolCalls : FinishReason.Stop, out);
  }

  private readUsage(): void {
    const usage = EVENT.get(EVENT.root(), "usage");
    if (!EVENT.isObject(usage)) return;
    const counts = this.call.usage;
    counts.isKnown = true;
    counts.prompt = countOf(usage, "input_count", "input_tokens");
    counts.completion = countOf(usage, "output_count", "output_tokens");
    counts.stated = countOf(usage, "token_count", "total_tokens");
  }
}

function countOf(usage: i32, name: string, other: string): i64 {
  return EVENT.integer(EVENT.get(usage, name), EVENT.integer(EVENT.get(usage, other), 0));
}
