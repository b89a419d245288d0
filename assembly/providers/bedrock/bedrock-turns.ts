// The turns of a conversation, which begins with the user and changes sides with every turn:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
import { JsonWriter } from "../../json/json-writer";
import { Role } from "../../openai/messages";
import { ByteWriter } from "../../text/byte-writer";
import { writeCachePoint, writeOwnText } from "./bedrock-blocks";

/** The user's words where a turn of the user has to stand and there is none. */
const MINIMAL_TEXT: string = "Continue.";
/** The user's words where there is nothing but a document, which Bedrock refuses. */
const DOCUMENT_TEXT: string = "See the document.";

/** Writes the frames of turns, whose content the caller writes. `begin` first. */
export class BedrockTurns {
  private json: JsonWriter = NO_WRITER;
  /** Whose turn is being written. */
  private role: Role = Role.None;
  /** The turn at hand calls tools. */
  hasCalls: bool = false;
  /** The turn at hand has a text, or a document. */
  hasText: bool = false;
  hasDocument: bool = false;
  /** A cache point with `lifetime` ends the turn at hand, unless there is one already. */
  isCached: bool = false;
  endsInCachePoint: bool = false;
  lifetime: string = "";

  /** Begins the list of turns. */
  begin(json: JsonWriter): void {
    this.json = json;
    this.role = Role.None;
    json.beginArray();
  }

  get isEmpty(): bool {
    return this.role == Role.None;
  }

  /** Ends the list. It may end in the assistant's words only where the model goes on with them. */
  end(takesPrefill: bool): void {
    const isPrefill = this.role == Role.Assistant && !this.hasCalls;
    if (this.isEmpty || (isPrefill && !takesPrefill)) this.writeMinimal();
    this.close();
    this.json.endArray();
  }

  /** Begins a turn, unless the one at hand goes on. A block follows. */
  open(role: Role): void {
    this.endsInCachePoint = false;
    if (this.role == role) return;
    if (this.isEmpty && role == Role.Assistant) this.writeMinimal();
    this.close();
    this.start(role);
  }

  private start(role: Role): void {
    this.role = role;
    this.hasCalls = this.hasText = this.hasDocument = this.isCached = false;
    const json = this.json;
    json.beginObject();
    json.keyString("role", role == Role.User ? "user" : "assistant");
    json.key("content");
    json.beginArray();
  }

  private writeMinimal(): void {
    this.close();
    this.start(Role.User);
    writeOwnText(MINIMAL_TEXT, this.json);
  }

  private close(): void {
    if (this.isEmpty) return;
    const json = this.json;
    if (this.hasDocument && !this.hasText) {
      writeOwnText(DOCUMENT_TEXT, json);
      this.endsInCachePoint = false;
    }
    if (this.isCached && !this.endsInCachePoint) writeCachePoint(this.lifetime, json);
    this.endsInCachePoint = false;
    json.endArray();
    json.endObject();
  }
}

const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
