// The frames of a conversation's turns: https://ai.google.dev/api/caching#Content
import { JsonWriter } from "../../json/json-writer";
import { ByteWriter } from "../../text/byte-writer";
import { GeminiModel } from "./gemini-model";

/** The user's words where a turn of the user has to stand and there is none. */
const MINIMAL_PART: string = '{"text":"Continue."}';

/** Who speaks. Results of tools are a turn of their own, which must hold nothing else. */
export const enum Turn {
  None,
  User,
  Model,
  Results,
}

/** Writes the frames of turns, whose parts the caller writes. `begin` first. */
export class GeminiTurns {
  /** The turn at hand calls tools. */
  hasCalls: bool = false;
  private json: JsonWriter = NO_WRITER;
  private model: GeminiModel = NO_MODEL;
  private system: ByteWriter = NO_WRITER.out;
  private count: i32 = 0;
  private turn: Turn = Turn.None;

  /** Begins the list. `system`: parts that go before the user's words, where a model needs that. */
  begin(model: GeminiModel, system: ByteWriter, json: JsonWriter): void {
    this.model = model;
    this.system = system;
    this.json = json;
    this.count = 0;
    this.turn = Turn.None;
    this.hasCalls = false;
    json.beginArray();
  }

  get isEmpty(): bool {
    return this.count == 0;
  }

  /** Begins a turn, unless the one at hand goes on. */
  open(turn: Turn): void {
    if (this.turn == turn) return;
    if (this.count == 0 && turn != Turn.User) this.writeMinimal();
    this.start(turn);
    if (this.count == 1 && this.hasSystem) this.json.raw(this.system.ptr, this.system.length);
  }

  /** Ends the list. It may end in the model's words only where the model goes on with them. */
  end(): void {
    const isPrefill = this.turn == Turn.Model && !this.hasCalls;
    if (this.count == 0 || (isPrefill && !this.model.takesPrefill)) this.writeMinimal();
    this.close();
    this.json.endArray();
  }

  private get hasSystem(): bool {
    return !this.model.takesSystem && this.system.length > 0;
  }

  private writeMinimal(): void {
    this.start(Turn.User);
    const out = this.json.out;
    if (this.count == 1 && this.hasSystem) out.writer(this.system);
    else out.ascii(MINIMAL_PART);
  }

  private start(turn: Turn): void {
    this.close();
    this.turn = turn;
    this.hasCalls = false;
    const json = this.json;
    if (this.count++ > 0) json.out.byte(0x2c);
    json.out.ascii(turn == Turn.Model ? '{"role":"model","parts":[' : '{"role":"user","parts":[');
    json.reset();
  }

  private close(): void {
    if (this.turn == Turn.None) return;
    this.json.endArray();
    this.json.endObject();
  }
}

const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
const NO_MODEL: GeminiModel = new GeminiModel("");
