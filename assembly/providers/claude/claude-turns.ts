// The turns of a conversation, which begins with the user:
// https://docs.claude.com/en/api/messages#body-messages
import { JsonWriter } from "../../json/json-writer";
import { ByteWriter } from "../../text/byte-writer";

/** The user's words where a turn of the user has to stand and there is none. */
const MINIMAL_TURN: string = '{"role":"user","content":"Continue."}';

/** Who speaks. */
export const enum Turn {
  None,
  User,
  Assistant,
}

/** Writes the frames of turns, whose content the caller writes. `begin` first. */
export class ClaudeTurns {
  private json: JsonWriter = NO_WRITER;
  private count: i32 = 0;
  private last: Turn = Turn.None;
  /** Whose blocks are being written. */
  open: Turn = Turn.None;
  /** The turn at hand calls tools. */
  hasCalls: bool = false;

  /** Begins the list of turns. */
  begin(json: JsonWriter): void {
    this.json = json;
    this.count = 0;
    this.last = Turn.None;
    this.open = Turn.None;
    this.hasCalls = false;
    json.beginArray();
  }

  get isEmpty(): bool {
    return this.count == 0;
  }

  /** Ends the list. It may end in the assistant's words only where the model goes on with them. */
  end(takesPrefill: bool): void {
    this.closeBlocks();
    const isPrefill = this.last == Turn.Assistant && !this.hasCalls;
    if (this.count == 0 || (isPrefill && !takesPrefill)) this.start(MINIMAL_TURN);
    this.json.endArray();
  }

  /** Begins a turn that is one text: a JSON string and `endText` follow. */
  beginText(turn: Turn): void {
    this.closeBlocks();
    this.change(turn);
    this.start(turn == Turn.User ? '{"role":"user","content":' : '{"role":"assistant","content":');
  }

  endText(): void {
    this.json.endObject();
  }

  /** Begins a turn of blocks, unless the one at hand goes on. */
  openBlocks(turn: Turn): void {
    if (this.open == turn) return;
    this.closeBlocks();
    this.change(turn);
    this.start(
      turn == Turn.User ? '{"role":"user","content":[' : '{"role":"assistant","content":[',
    );
    this.open = turn;
  }

  /** Ends the blocks at hand, where there are some. */
  closeBlocks(): void {
    if (this.open == Turn.None) return;
    this.open = Turn.None;
    this.json.endArray();
    this.json.endObject();
  }

  private change(turn: Turn): void {
    if (this.count == 0 && turn == Turn.Assistant) this.start(MINIMAL_TURN);
    this.last = turn;
    this.hasCalls = false;
  }

  /** Writes what a turn begins with in one piece: there may be thousands of turns. */
  private start(text: string): void {
    const json = this.json;
    if (this.count++ > 0) json.out.byte(0x2c);
    json.out.ascii(text);
    json.reset();
  }
}

const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
