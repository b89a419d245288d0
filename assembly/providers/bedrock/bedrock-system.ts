// System texts, from wherever they stand in a conversation:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_SystemContentBlock.html
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, unsupportedValue } from "../../openai/api-error";
import { isBlank } from "../../openai/content-text";
import { ByteWriter } from "../../text/byte-writer";
import { writeCacheControl, writeCachePoint, writeOwnText, writeTextBlock } from "./bedrock-blocks";

/** Collects the system texts of one request as blocks, in order. */
export class BedrockSystem {
  private readonly blocks: JsonWriter = new JsonWriter(new ByteWriter());
  private endsInCachePoint: bool = false;

  begin(): void {
    this.blocks.out.clear();
    this.blocks.reset();
    this.endsInCachePoint = false;
  }

  get isEmpty(): bool {
    return this.blocks.out.length == 0;
  }

  /** Adds the content of a system message; `cache` is the message's own `cache_control`, or -1. */
  add(doc: Document, content: i32, cache: i32, path: string): ApiError | null {
    if (!doc.isArray(content)) {
      this.addText(doc, content, cache);
      return null;
    }
    let place = 0;
    for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
      if (!doc.stringIs(doc.get(part, "type"), "text")) {
        const site = `${path}.content[${place}]`;
        return unsupportedValue(site, "Bedrock takes texts only as system messages.");
      }
      const own = doc.get(part, "cache_control");
      this.addText(doc, doc.get(part, "text"), own < 0 && doc.next(part) < 0 ? cache : own);
    }
    return null;
  }

  private addText(doc: Document, text: i32, cache: i32): void {
    if (isBlank(doc, text)) return;
    writeTextBlock(doc, text, this.blocks);
    this.endsInCachePoint = writeCacheControl(doc, cache, this.blocks);
  }

  /** Adds an instruction of the gateway's own. */
  addInstruction(text: string): void {
    writeOwnText(text, this.blocks);
    this.endsInCachePoint = false;
  }

  /** Writes the member `system`, where there is a text. */
  write(isCached: bool, lifetime: string, json: JsonWriter): void {
    if (this.isEmpty) return;
    if (isCached && !this.endsInCachePoint) writeCachePoint(lifetime, this.blocks);
    json.key("system");
    json.beginArray();
    json.raw(this.blocks.out.ptr, this.blocks.out.length);
    json.endArray();
  }
}
