// A stream of Dify's as OpenAI's chunks: https://docs.dify.ai/api-reference
import { JsonWriter } from "../../json/json-writer";
import { ApiError } from "../../openai/api-error";
import { FinishReason } from "../../openai/finish-reason";
import { StreamOutput } from "../../stream/stream-output";
import { ByteWriter } from "../../text/byte-writer";
import { tellConversation } from "../bot-request";
import { Call } from "../call";
import { EVENT, NativeStream } from "../native-stream";
import { Provider } from "../provider";
import { addJson, findOutput, idOf, readUsage } from "./dify-response";

const TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Translates one stream. The names of events stand in their JSON. */
export class DifyStream extends NativeStream {
  /** An agent's text so far, as it stands inside JSON strings: some repeat it as a whole. */
  private readonly agentText: ByteWriter = new ByteWriter();
  private isAgentText: bool = false;
  private hasText: bool = false;
  private isReplaced: bool = false;
  /** The time of the answer, of the last event that told one. */
  private created: i64 = 0;

  constructor(
    provider: Provider,
    call: Call,
    private readonly isWorkflow: bool,
  ) {
    super(provider, call);
  }

  release(): void {
    super.release();
    this.agentText.release();
  }

  /** Events of kinds not known say nothing to an OpenAI client. */
  protected onEvent(out: StreamOutput): void {
    const root = EVENT.root();
    const event = EVENT.get(root, "event");
    const result = EVENT.get(root, "data");
    if (!this.chunks.isStarted) {
      tellConversation(this.call, EVENT, EVENT.get(root, "conversation_id"));
      const created = EVENT.integer(EVENT.get(result, "created_at"), 0);
      this.created = EVENT.integer(EVENT.get(root, "created_at"), max(created, this.created));
    }
    if (EVENT.stringIs(event, "message")) {
      this.onMessage(EVENT.get(root, "answer"), out);
    } else if (EVENT.stringIs(event, "agent_message")) {
      this.tell(EVENT.get(root, "answer"), true, out);
    } else if (EVENT.stringIs(event, "text_chunk")) {
      this.tell(EVENT.get(result, "text"), false, out);
    } else if (EVENT.stringIs(event, "reasoning_chunk")) {
      this.begin(out);
      this.writeAndLearn(EVENT.get(result, "reasoning"), true, out);
    } else if (EVENT.stringIs(event, "message_replace")) {
      // What has been said cannot be taken back.
      this.isReplaced = true;
    } else if (EVENT.stringIs(event, "message_end")) {
      this.end(out);
    } else if (EVENT.stringIs(event, "workflow_finished")) {
      if (this.isWorkflow) this.onWorkflowEnd(result, out);
    } else {
      this.findFailure(event);
    }
  }

  private findFailure(event: i32): void {
    if (EVENT.stringIs(event, "error")) {
      this.failure = this.provider.decodeErrorDocument(this.call, 0, EVENT);
    } else if (
      EVENT.stringIs(event, "workflow_paused") ||
      EVENT.stringIs(event, "human_input_required")
    ) {
      const message = "The application waits for a human's input, which cannot be given here.";
      this.failure = new ApiError(500, "server_error", "human_input_required", message);
    } else if (event < 0) {
      this.failure = this.provider.findError(this.call, EVENT);
    }
  }

  private begin(out: StreamOutput): void {
    if (!this.chunks.isStarted) this.start(idOf(EVENT), this.created, out);
  }

  private tell(text: i32, isAgent: bool, out: StreamOutput): void {
    this.begin(out);
    this.isAgentText = isAgent;
    this.writeAndLearn(text, false, out);
  }

  protected writeText(ptr: usize, length: i32, out: StreamOutput): void {
    if (length <= 2) return;
    if (!this.isReasoning) {
      if (this.isAgentText) this.agentText.bytes(ptr + 1, length - 2);
      this.hasText = true;
    }
    super.writeText(ptr, length, out);
  }

  /** Agents may end with their whole text once more. */
  private onMessage(answer: i32, out: StreamOutput): void {
    const length = this.agentText.length;
    if (length > 0 && EVENT.stringLength(answer) == length) {
      const start = EVENT.ptr + EVENT.start(answer) + 1;
      if (memory.compare(start, this.agentText.ptr, length) == 0) return;
    }
    this.tell(answer, false, out);
  }

  private onWorkflowEnd(result: i32, out: StreamOutput): void {
    if (EVENT.stringIs(EVENT.get(result, "status"), "failed")) {
      this.failure = this.provider.decodeErrorDocument(this.call, 0, EVENT);
      return;
    }
    this.begin(out);
    if (!this.hasText) this.writeOutput(EVENT.get(result, "outputs"), out);
    this.end(out);
  }

  /** A workflow that did not write text in pieces has it among its outputs. */
  private writeOutput(outputs: i32, out: StreamOutput): void {
    const output = findOutput(EVENT, outputs, this.provider.settings.outputVariable);
    if (EVENT.isString(output)) {
      if (EVENT.stringLength(output) > 0) this.chunks.content(EVENT, output, out.writer());
    } else if (!EVENT.absent(output)) {
      TEXT.out.clear();
      TEXT.reset();
      TEXT.beginString();
      addJson(EVENT, output, TEXT);
      TEXT.endString();
      this.chunks.rawContent(TEXT.out.ptr, TEXT.out.length, out.writer());
    }
  }

  private end(out: StreamOutput): void {
    this.begin(out);
    readUsage(EVENT, this.call.usage);
    this.finish(this.isReplaced ? FinishReason.ContentFilter : FinishReason.Stop, out);
  }
}
