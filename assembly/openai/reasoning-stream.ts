// What becomes of a model's reasoning in streams: the same as in whole answers, event by event.
// https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { SseDecoder } from "../stream/sse-decoder";
import { beginEvent, endEvent, joinLines } from "../stream/sse-encoder";
import { StreamOutput } from "../stream/stream-output";
import { ByteWriter } from "../text/byte-writer";
import {
  AnswerShape,
  isAnswer,
  ReasoningMode,
  reasoningOf,
  removeReasoning,
  THINK_END,
  THINK_START,
} from "./reasoning";

const QUOTE: u8 = 0x22;

const DOC: Document = new Document();
const EDIT: JsonEdit = new JsonEdit();
const TEXT: ByteWriter = new ByteWriter();
const OUT: ByteWriter = new ByteWriter();

/** Where one choice of a stream stands. */
class ChoiceState {
  /** A chunk of it has been sent. */
  isBegun: bool = false;
  /** It has said something that is no reasoning. */
  isAnswered: bool = false;
  /** Its content is within the marks of reasoning. */
  isThinking: bool = false;
  /** Reasoning that waits to become content, or not: the inner bytes of a JSON string. */
  readonly held: ByteWriter = new ByteWriter();
  /** The name under which it came. */
  heldName: string = "";

  constructor(readonly index: i64) {}
}

/**
 * Takes the events that are ready for a client and changes them once more. Reasoning that may become the answer is held
 * until there is another one, and then sent first.
 */
export class ReasoningStream {
  private readonly events: SseDecoder = new SseDecoder();
  private readonly choices: ChoiceState[] = [];
  private hasEvents: bool = false;

  constructor(private readonly shape: AnswerShape) {}

  /** Puts other events in the place of those in `output`, which are complete. */
  reshape(output: StreamOutput): void {
    const length = output.length();
    if (length == 0) return;
    OUT.clear();
    this.hasEvents = false;
    this.events.push(output.ptr(), length);
    while (this.events.next()) this.onEvent();
    output.begin();
    if (this.hasEvents) output.forward(OUT.ptr, OUT.length);
    else if (OUT.length > 0) output.forwardComment(OUT.ptr, OUT.length);
  }

  release(): void {
    this.events.release();
    for (let i = 0; i < this.choices.length; ++i) this.choices[i].held.release();
  }

  private onEvent(): void {
    const event = this.events;
    if (!event.hasPayload) {
      OUT.bytes(event.raw, event.rawLength);
      return;
    }
    if (!event.isDoneMark() && DOC.parse(event.payload, event.payloadLength)) {
      EDIT.begin(DOC);
      if (!this.editChunk()) return;
      if (!EDIT.isEmpty()) {
        this.hasEvents = true;
        beginEvent(OUT);
        const start = OUT.length;
        EDIT.apply(OUT);
        joinLines(OUT, start);
        endEvent(OUT);
        return;
      }
    }
    this.hasEvents = true;
    OUT.bytes(event.raw, event.rawLength);
  }

  /** Edits the chunk. False: nothing of it is left to send. */
  private editChunk(): bool {
    const root = DOC.root();
    const choices = DOC.get(root, "choices");
    let hasRest: bool = DOC.first(choices) < 0 || DOC.isObject(DOC.get(root, "usage"));
    for (let choice = DOC.first(choices); choice >= 0; choice = DOC.next(choice)) {
      const state = this.stateOf(DOC.integer(DOC.get(choice, "index"), 0));
      if (this.editChoice(state, choice)) hasRest = true;
    }
    return hasRest;
  }

  private stateOf(index: i64): ChoiceState {
    for (let i = 0; i < this.choices.length; ++i) {
      if (this.choices[i].index == index) return this.choices[i];
    }
    const state = new ChoiceState(index);
    this.choices.push(state);
    return state;
  }

  /** Edits one choice. False: it says nothing any more. */
  private editChoice(state: ChoiceState, choice: i32): bool {
    const delta = DOC.get(choice, "delta");
    const isFinal = DOC.stringLength(DOC.get(choice, "finish_reason")) > 0;
    const reasoning = reasoningOf(DOC, delta);
    const isOnlyReasoning = reasoning >= 0 && state.isBegun && !isFinal && !hasMore(delta);
    state.isBegun = true;
    let isHeld = false;
    if (this.shape.promotes && !state.isAnswered) {
      if (reasoning >= 0) {
        hold(state, reasoning);
        removeReasoning(delta, EDIT);
        isHeld = true;
      }
      if (isAnswer(DOC, delta)) {
        state.isAnswered = true;
        this.sendHeld(state);
      } else if (isFinal) {
        this.promote(state);
      }
    }
    switch (this.shape.mode) {
      case ReasoningMode.Ignore:
        removeReasoning(delta, EDIT);
        EDIT.remove(delta, "reasoning_details");
        return !isOnlyReasoning;
      case ReasoningMode.Concat:
        this.concat(state, delta, isHeld ? -1 : reasoning, isFinal);
        return !isHeld || !isOnlyReasoning;
      default:
        return !isHeld || !isOnlyReasoning;
    }
  }

  /** There is another answer: what was held is reasoning. */
  private sendHeld(state: ChoiceState): void {
    if (state.held.length == 0) return;
    TEXT.clear();
    if (this.shape.mode == ReasoningMode.Concat) {
      TEXT.ascii(THINK_START);
      state.isThinking = true;
    }
    TEXT.writer(state.held);
    state.held.release();
    if (this.shape.mode == ReasoningMode.Ignore) return;
    this.sendExtra(state.index, state.isThinking ? "content" : state.heldName);
  }

  /** There is no other answer: what was held is the content. */
  private promote(state: ChoiceState): void {
    if (state.held.length == 0) return;
    TEXT.clear();
    TEXT.writer(state.held);
    state.held.release();
    this.sendExtra(state.index, "content");
  }

  private concat(state: ChoiceState, delta: i32, reasoning: i32, isFinal: bool): void {
    const content = DOC.get(delta, "content");
    const hasContent = DOC.stringLength(content) > 0;
    const ends = hasContent || isFinal || isAnswer(DOC, delta);
    if (reasoning < 0 && !(state.isThinking && ends)) return;
    TEXT.clear();
    if (reasoning < 0 && !hasContent) {
      state.isThinking = false;
      TEXT.ascii(THINK_END);
      this.sendExtra(state.index, "content");
      return;
    }
    TEXT.byte(QUOTE);
    if (reasoning >= 0) {
      if (!state.isThinking) TEXT.ascii(THINK_START);
      appendInner(reasoning);
      removeReasoning(delta, EDIT);
    }
    if (ends) TEXT.ascii(THINK_END);
    state.isThinking = !ends;
    appendInner(content);
    TEXT.byte(QUOTE);
    EDIT.set(delta, "content", TEXT.ptr, TEXT.length);
  }

  /** Sends a chunk of its own before the one at hand: one member of a delta, whose inner bytes stand in `TEXT`. */
  private sendExtra(index: i64, name: string): void {
    this.hasEvents = true;
    beginEvent(OUT);
    const start = OUT.length;
    const json = new JsonWriter(OUT);
    const root = DOC.root();
    json.beginObject();
    for (let member = DOC.first(root); member >= 0; member = DOC.next(member)) {
      json.keyRaw(DOC, member);
      if (DOC.keyIs(member, "choices")) writeChoice(json, index, name);
      else if (DOC.keyIs(member, "usage")) json.null();
      else json.value(DOC, member);
    }
    json.endObject();
    joinLines(OUT, start);
    endEvent(OUT);
  }
}

function writeChoice(json: JsonWriter, index: i64, name: string): void {
  json.beginArray();
  json.beginObject();
  json.keyInteger("index", index);
  json.key("delta");
  json.beginObject();
  json.key(name);
  json.beginString();
  json.out.writer(TEXT);
  json.endString();
  json.endObject();
  json.keyNull("logprobs");
  json.keyNull("finish_reason");
  json.endObject();
  json.endArray();
}

function hold(state: ChoiceState, reasoning: i32): void {
  const length = DOC.stringLength(reasoning);
  state.held.bytes(DOC.ptr + DOC.start(reasoning) + 1, length);
  state.heldName = DOC.keyIs(reasoning, "reasoning") ? "reasoning" : "reasoning_content";
}

function appendInner(text: i32): void {
  const length = DOC.stringLength(text);
  if (length > 0) TEXT.bytes(DOC.ptr + DOC.start(text) + 1, length);
}

/** Whether a delta has more in it than reasoning: the role has been said before. */
function hasMore(delta: i32): bool {
  for (let member = DOC.first(delta); member >= 0; member = DOC.next(member)) {
    if (DOC.absent(member) || DOC.isEmptyString(member) || DOC.keyIs(member, "role")) continue;
    if (DOC.keyIs(member, "reasoning_content") || DOC.keyIs(member, "reasoning")) continue;
    if (DOC.isArray(member) && DOC.first(member) < 0) continue;
    return true;
  }
  return false;
}
