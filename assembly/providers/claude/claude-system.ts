// System texts, from wherever they stand in a conversation:
// https://docs.claude.com/en/api/messages#body-system
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, unsupportedValue } from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import { isBlank, writeEphemeral, writeTextBlock } from "./claude-blocks";
import { PartSite } from "./claude-media";

/** What the command-line client of Anthropic's says where nothing else is said. */
const CODE_MODE_TEXT: string = "You are Claude Code, Anthropic's official CLI for Claude.";

/** Collects the system texts of one request as blocks, in order. */
export class ClaudeSystem {
  private readonly blocks: JsonWriter = new JsonWriter(new ByteWriter());
  private count: i32 = 0;
  /** The one text there is, as long as it can be said without blocks. */
  private only: i32 = -1;

  begin(): void {
    this.blocks.out.clear();
    this.blocks.reset();
    this.count = 0;
    this.only = -1;
  }

  get isEmpty(): bool {
    return this.count == 0;
  }

  /** Adds the content of a system message; `cache` is the message's own `cache_control`, or -1. */
  add(doc: Document, content: i32, cache: i32, site: PartSite): ApiError | null {
    if (!doc.isArray(content)) {
      this.addText(doc, content, cache);
      return null;
    }
    site.part = 0;
    for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
      if (!doc.stringIs(doc.get(part, "type"), "text")) {
        return unsupportedValue(site.path(), "Claude takes texts only as system messages.");
      }
      const own = doc.get(part, "cache_control");
      this.addText(doc, doc.get(part, "text"), own < 0 && doc.next(part) < 0 ? cache : own);
      site.part += 1;
    }
    return null;
  }

  private addText(doc: Document, text: i32, cache: i32): void {
    if (isBlank(doc, text)) return;
    this.only = this.count == 0 && !doc.isObject(cache) ? text : -1;
    this.count += 1;
    writeTextBlock(doc, text, cache, this.blocks);
  }

  /** Adds an instruction of the gateway's own: ASCII without anything to escape. */
  addInstruction(text: string): void {
    this.only = -1;
    this.count += 1;
    const json = this.blocks;
    json.beginObject();
    json.keyString("type", "text");
    json.keyString("text", text);
    json.endObject();
  }

  /** Writes the member `system`, where there is a text. */
  write(doc: Document, json: JsonWriter): void {
    if (this.count == 0) return;
    if (this.only >= 0) {
      json.keyValue("system", doc, this.only);
      return;
    }
    json.key("system");
    json.beginArray();
    json.raw(this.blocks.out.ptr, this.blocks.out.length);
    json.endArray();
  }

  /**
   * Writes `system` as the command-line client does: there is always one, in blocks, and it is
   * cached.
   */
  writeForCodeMode(doc: Document, json: JsonWriter): void {
    json.key("system");
    json.beginArray();
    if (this.count > 0 && this.only < 0) {
      json.raw(this.blocks.out.ptr, this.blocks.out.length);
    } else {
      json.beginObject();
      json.keyString("type", "text");
      if (this.only >= 0) json.keyValue("text", doc, this.only);
      else json.keyString("text", CODE_MODE_TEXT);
      writeEphemeral(json);
      json.endObject();
    }
    json.endArray();
  }
}
