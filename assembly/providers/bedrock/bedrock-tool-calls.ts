// Calls of earlier turns as `toolUse` blocks:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html
import { Document } from "../../json/document";
import { fnv1a64 } from "../../text/fnv";
import { ToolCallWriter } from "../claude/claude-tool-calls";

const LONGEST_ID: i32 = 64;
/** Ids of Mistral's have exactly as many characters. */
const MISTRAL_ID_LENGTH: i32 = 9;
const HASH_LENGTH: i32 = 16;

/** Writes the tool calls of a request's history. */
export class BedrockToolCalls extends ToolCallWriter {
  /** The model is one of Mistral's. */
  isMistral: bool = false;

  constructor() {
    super("Bedrock");
  }

  protected beginCall(): void {
    if (!this.hasThinking) this.lacksThinking = true;
    this.json.beginObject();
    this.json.key("toolUse");
    this.json.beginObject();
    this.json.key("toolUseId");
  }

  /** A cache point comes behind all calls of a turn. */
  protected endCall(doc: Document, cache: i32): void {
    this.json.endObject();
    this.json.endObject();
  }

  writeFunctionId(): void {
    this.json.string(this.idOf(`call_${this.functions}`));
  }

  writeId(doc: Document, id: i32): void {
    this.json.string(this.idOf(doc.string(id)));
  }

  /** The id itself, or where the model refuses it one that stands for it throughout. */
  private idOf(id: string): string {
    if (this.isMistral) {
      if (id.length == MISTRAL_ID_LENGTH && plainPart(id, "") == id) return id;
      const hash = "00000000" + fnv1a64(id).toString(36);
      return hash.substring(hash.length - MISTRAL_ID_LENGTH);
    }
    const plain = plainPart(id, "_.:-");
    if (plain == id && id.length > 0 && id.length <= LONGEST_ID) return id;
    const hash = fnv1a64(id).toString(16);
    return plain.substring(0, LONGEST_ID - HASH_LENGTH - 1) + "_" + hash;
  }
}

/** What of a text is letters, digits and some others; anything else is an underscore. */
function plainPart(text: string, others: string): string {
  const chars: string[] = [];
  for (let i = 0; i < text.length; ++i) {
    const char = text.charCodeAt(i);
    const letter = char | 0x20;
    const isPlain = (letter >= 0x61 && letter <= 0x7a) || (char >= 0x30 && char <= 0x39);
    chars.push(isPlain || others.includes(text.charAt(i)) ? text.charAt(i) : "_");
  }
  return chars.join("");
}
