// Streams of OpenAI-compatible providers: sent on as they come, mended where they deviate.
// Order and shape: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { asciiEquals } from "../text/ascii-equals";
import { Document, JsonError } from "../json/document";
import { JsonEdit } from "../json/edit";
import { invalidUpstreamResponse, streamIncomplete } from "../openai/api-error";
import { FinishReason, finishReasonText } from "../openai/finish-reason";
import { ToolCallTracker } from "../openai/tool-call-tracker";
import { Capability } from "../routing/capability";
import { EventTemplate } from "../stream/event-template";
import { joinLines, writeComment, writeDone } from "../stream/sse-encoder";
import { StreamOutput } from "../stream/stream-output";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import {
  bitOf,
  ChunkEnvelope,
  isBlankDelta,
  rememberChunk,
  WATCHED_CHOICES,
  writeEdited,
} from "./compatible-chunk";
import { repairTexts } from "./compatible-completion";
import { failedFinish, isOpenAiFinish, mapFinishReason, tellsFinish } from "./compatible-finish";
import { repairToolFragments } from "./compatible-tools";
import { mendCounts } from "./compatible-usage";
import { Provider } from "./provider";
import { SseTranslator } from "./stream-translator";

const DOC: Document = new Document();
const EDIT: JsonEdit = new JsonEdit();
const EDITED: ByteWriter = new ByteWriter();
/** OpenAI gives up to 128; a higher number is none. */
const MOST_CHOICES: u64 = 128;

/** One stream. Events that are right go out byte for byte. */
export class CompatibleStream extends SseTranslator {
  private readonly template: EventTemplate = new EventTemplate();
  private readonly envelope: ChunkEnvelope;
  private readonly isChat: bool;
  private isDone: bool = false;
  private isUsageSent: bool = false;
  /** Choices that have begun, that have called tools, and that have ended. */
  private begun: u64 = 0;
  private calling: u64 = 0;
  private ended: u64 = 0;
  private toolCalls: ToolCallTracker | null = null;
  /** The last usage object that came, as text. */
  private readonly usageText: ByteWriter = new ByteWriter();

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
  ) {
    super();
    const isChat = call.capability == Capability.Chat;
    this.isChat = isChat;
    this.envelope = new ChunkEnvelope(call, isChat);
  }

  passKnown(out: StreamOutput): bool {
    const ptr = this.events.unread();
    if (ptr == 0 || this.isDone) return false;
    const length = this.template.match(ptr, this.events.pending());
    if (length == 0) return false;
    this.events.skip(length);
    out.forward(ptr, length);
    return true;
  }

  onFrame(out: StreamOutput): void {
    const event = this.events;
    if (!event.hasPayload) {
      this.passComment(out);
      return;
    }
    if (this.isDone || event.payloadLength == 0) return;
    if (event.isDoneMark()) this.onDone(out);
    else this.onChunk(out);
  }

  onEnd(out: StreamOutput): void {
    if (this.isDone) return;
    const isComplete = this.ended != 0 && (this.begun & ~this.ended) == 0;
    if (isComplete) this.onDone(out);
    else this.failure = streamIncomplete(this.provider.id);
  }

  release(): void {
    super.release();
    this.template.release();
    this.usageText.release();
  }

  /**
   * A comment keeps the connection alive. Before the first chunk nothing is sent yet that could
   * hold one.
   */
  private passComment(out: StreamOutput): void {
    const event = this.events;
    if (event.commentLength < 0 || this.begun == 0 || this.isDone) return;
    // A colon, the comment and two line ends: the comment stands alone.
    if (event.rawLength == event.commentLength + 3) {
      out.forwardComment(event.raw, event.rawLength);
      return;
    }
    writeComment(event.comment, event.commentLength, out.writer());
  }

  private onChunk(out: StreamOutput): void {
    const event = this.events;
    const provider = this.provider;
    let isAsItCame = event.isPlain;
    if (!DOC.parse(event.payload, event.payloadLength)) {
      if (DOC.error == JsonError.UnexpectedEnd) this.failure = streamIncomplete(provider.id);
      else this.fail("an event is no JSON");
      return;
    }
    const rewritten = provider.rewriteChunk(this.call, DOC);
    if (rewritten !== null) {
      isAsItCame = false;
      DOC.parse(rewritten.ptr, rewritten.length);
    }
    this.failure = provider.findError(this.call, DOC);
    if (this.failure === null && event.nameLength == 5 && asciiEquals(event.name, "error")) {
      this.failure = provider.decodeErrorDocument(this.call, 0, DOC);
    }
    if (this.failure !== null) return;
    if (!DOC.isObject(DOC.root())) {
      this.fail("an event is no object");
      return;
    }
    EDIT.begin(DOC);
    if (!this.takeUsage() || !provider.editChunk(this.call, DOC, EDIT)) return;
    this.envelope.repair(DOC, EDIT);
    const isOrdinary = this.repairChoices();
    if (this.failure !== null) return;
    if (EDIT.isEmpty() && isAsItCame) {
      // Sending on may move the bytes.
      if (isOrdinary) rememberChunk(this.template, DOC, this.isChat);
      out.forward(event.raw, event.rawLength);
      return;
    }
    writeEdited(EDIT, event.isPlain, out.writer());
  }

  /**
   * Keeps the usage, wherever the provider has put it. False: the chunk says nothing else that is
   * to be sent.
   */
  private takeUsage(): bool {
    const root = DOC.root();
    const choice = DOC.first(DOC.get(root, "choices"));
    const usage = DOC.get(root, "usage");
    if (choice < 0) return DOC.isObject(usage) && this.passUsage(usage);
    let found = usage;
    if (DOC.isObject(usage)) {
      if (this.call.wantsUsage) EDIT.setRaw(root, "usage", "null");
      else EDIT.remove(root, "usage");
    } else {
      found = DOC.get(choice, "usage");
      if (!DOC.absent(usage)) EDIT.remove(root, "usage");
      if (DOC.isObject(found)) EDIT.remove(choice, "usage");
      else found = DOC.get(DOC.get(root, "x_groq"), "usage");
    }
    const hasUsage = DOC.isObject(found);
    if (hasUsage) this.keepUsage(found);
    return !this.isIdle(choice, hasUsage);
  }

  private keepUsage(usage: i32): void {
    this.usageText.clear();
    this.usageText.bytes(DOC.ptr + DOC.start(usage), DOC.end(usage) - DOC.start(usage));
    this.provider.readUsage(DOC, usage, this.call.usage);
  }

  /**
   * A chunk with usage and no choices: passes in its place at the end, if the client asked for it.
   */
  private passUsage(usage: i32): bool {
    this.keepUsage(usage);
    if (!this.call.wantsUsage || this.isUsageSent) return false;
    if (this.ended == 0 || (this.begun & ~this.ended) != 0) return false;
    this.isUsageSent = true;
    mendCounts(DOC, usage, EDIT);
    this.provider.editUsage(DOC, usage, EDIT);
    return true;
  }

  /**
   * Whether a chunk's only choice says nothing: it has ended, or it was only there to carry the
   * usage.
   */
  private isIdle(choice: i32, hasUsage: bool): bool {
    if (!this.isChat || (!hasUsage && this.ended == 0) || DOC.next(choice) >= 0) return false;
    const bit = bitOf(<i32>DOC.integer(DOC.get(choice, "index"), 0));
    if ((this.begun & bit) == 0 || !isBlankDelta(DOC, DOC.get(choice, "delta"))) return false;
    return (this.ended & bit) != 0 || !tellsFinish(DOC, DOC.get(choice, "finish_reason"));
  }

  /** Mends each choice. True: one choice, in the middle of its text. */
  private repairChoices(): bool {
    let index = 0;
    let isOrdinary = true;
    const choices = DOC.get(DOC.root(), "choices");
    // What is no list has been replaced by an empty one.
    if (!DOC.isArray(choices)) return false;
    for (let choice = DOC.first(choices); choice >= 0; choice = DOC.next(choice), ++index) {
      if (!DOC.isObject(choice)) {
        this.fail("a choice is no object");
        return false;
      }
      const said = <u64>DOC.integer(DOC.get(choice, "index"), -1);
      const isKnown = said < MOST_CHOICES;
      const bit = bitOf(isKnown ? <i32>said : index);
      if (!isKnown) EDIT.setInteger(choice, "index", index);
      if (this.isChat) this.repairDelta(DOC.get(choice, "delta"), choice, bit);
      this.begun |= bit;
      if (this.repairFinish(choice, bit)) isOrdinary = false;
    }
    return isOrdinary && index == 1;
  }

  private repairDelta(delta: i32, choice: i32, bit: u64): void {
    const isFirst = bit != 0 && (this.begun & bit) == 0;
    if (!DOC.isObject(delta)) {
      EDIT.setRaw(choice, "delta", isFirst ? '{"role":"assistant"}' : "{}");
      return;
    }
    const role = DOC.get(delta, "role");
    if (!DOC.stringIs(role, "assistant")) {
      if (isFirst) EDIT.setString(delta, "role", "assistant");
      else if (role >= 0) EDIT.remove(delta, "role");
    }
    const fragments = DOC.get(delta, "tool_calls");
    if (fragments >= 0) {
      if (DOC.first(fragments) >= 0) this.calling |= bit;
      let calls = this.toolCalls;
      if (calls === null) this.toolCalls = calls = new ToolCallTracker();
      const index = <i32>DOC.integer(DOC.get(choice, "index"), 0);
      if (!repairToolFragments(this.call, DOC, delta, index, calls, EDIT)) {
        this.fail("a tool call is none");
      }
    }
    const wrong = repairTexts(this.provider.spec, DOC, delta, EDIT);
    if (wrong.length > 0) this.fail(wrong);
  }

  private fail(why: string): void {
    this.failure = invalidUpstreamResponse(this.provider.id, why);
  }

  /** Mends the finish reason. True: the choice ends here, or has before. */
  private repairFinish(choice: i32, bit: u64): bool {
    const finish = DOC.get(choice, "finish_reason");
    if (DOC.isNull(finish)) return false;
    if (!tellsFinish(DOC, finish)) {
      EDIT.setRaw(choice, "finish_reason", "null");
      return false;
    }
    if ((this.ended & bit) != 0) {
      EDIT.setRaw(choice, "finish_reason", "null");
      return true;
    }
    this.ended |= bit;
    if (isOpenAiFinish(DOC, finish)) return true;
    const reason = mapFinishReason(DOC, finish);
    if (reason == FinishReason.Failure) {
      this.failure = failedFinish(this.provider.id, DOC, finish);
    } else {
      EDIT.setString(choice, "finish_reason", finishReasonText(reason));
    }
    return true;
  }

  /** The provider says that the stream is complete: what is still missing goes out, then [DONE]. */
  private onDone(out: StreamOutput): void {
    if (this.begun == 0) {
      this.failure = streamIncomplete(this.provider.id);
      return;
    }
    this.isDone = true;
    const open = this.begun & ~this.ended;
    for (let i = 0; this.isChat && i < WATCHED_CHOICES; ++i) {
      const bit = bitOf(i);
      if ((open & bit) == 0) continue;
      const calls = (this.calling & bit) != 0;
      this.envelope.writeFinish(
        i,
        calls ? FinishReason.ToolCalls : FinishReason.Stop,
        out.writer(),
      );
    }
    if (this.call.wantsUsage && !this.isUsageSent && this.usageText.length > 0) {
      this.writeUsage(out.writer());
    }
    const event = this.events;
    // With spaces around it clients would not know it.
    const isExact = event.isPlain && event.payloadLength == 6 && event.isDoneMark();
    if (isExact) out.forward(event.raw, event.rawLength);
    else writeDone(out.writer());
  }

  private writeUsage(out: ByteWriter): void {
    this.isUsageSent = true;
    if (!DOC.parse(this.usageText.ptr, this.usageText.length)) return;
    EDIT.begin(DOC);
    mendCounts(DOC, DOC.root(), EDIT);
    this.provider.editUsage(DOC, DOC.root(), EDIT);
    EDITED.clear();
    EDIT.apply(EDITED);
    // It may have come in several lines.
    joinLines(EDITED, 0);
    this.envelope.writeUsage(EDITED, out);
  }
}
