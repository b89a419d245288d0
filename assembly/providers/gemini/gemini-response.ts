// A whole answer of Gemini's as a chat completion:
// https://ai.google.dev/api/generate-content#generatecontentresponse
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";
import { CompletionWriter } from "../../openai/completion-writer";
import { FinishReason } from "../../openai/finish-reason";
import { ByteWriter } from "../../text/byte-writer";
import { parseRfc3339 } from "../../text/rfc3339";
import { Call } from "../call";
import { kindOfPart, Part, writeAudio, writeCall, writeImage, writeLogprobs } from "./gemini-parts";
import { mapFinishReason, readUsage } from "./gemini-usage";

/** Text of a candidate, for the places of its sources. */
const TEXT: ByteWriter = new ByteWriter();

/** Writes one completion. */
export class GeminiResponse {
  private readonly completion: CompletionWriter;
  /** Parts of each kind in the candidate at hand. */
  private readonly counts: StaticArray<i32> = new StaticArray<i32>(Part.Hidden + 1);
  private parts: i32 = -1;
  /** Calls of all candidates so far. */
  private calls: i32 = 0;

  constructor(
    private readonly call: Call,
    private readonly doc: Document,
    out: ByteWriter,
  ) {
    this.completion = new CompletionWriter(new JsonWriter(out));
  }

  /** Writes the completion. An error: the answer holds none. */
  write(provider: string): ApiError | null {
    const doc = this.doc;
    const root = doc.root();
    const call = this.call;
    const candidates = doc.get(root, "candidates");
    const first = doc.isArray(candidates) ? doc.first(candidates) : -1;
    const isBlocked = isBlockedPrompt(doc);
    if (first < 0 && !isBlocked) return invalidUpstreamResponse(provider, "it has no 'candidates'");
    const id = doc.string(doc.get(root, "responseId"));
    const model = doc.string(doc.get(root, "modelVersion"));
    this.completion.begin(
      id.length > 0 ? id : call.newId("chatcmpl-"),
      createdOf(call, doc),
      model.length > 0 ? model : call.model,
    );
    if (first < 0) this.writeBlocked();
    let place = 0;
    for (let candidate = first; candidate >= 0; candidate = doc.next(candidate), ++place) {
      if (place > 0)
        this.completion.beginChoice(<i32>doc.integer(doc.get(candidate, "index"), place));
      this.writeCandidate(candidate);
    }
    readUsage(doc, doc.get(root, "usageMetadata"), call.usage);
    this.completion.endChoices(call.usage);
    return null;
  }

  private writeBlocked(): void {
    const completion = this.completion;
    completion.beginContent();
    completion.endContent();
    completion.endMessage();
    completion.json.keyNull("logprobs");
    completion.finishChoice(FinishReason.ContentFilter);
  }

  private writeCandidate(candidate: i32): void {
    const doc = this.doc;
    const completion = this.completion;
    this.countParts(doc.get(doc.get(candidate, "content"), "parts"));
    const hasCalls = this.counts[Part.Call] > 0;
    this.writeContent();
    if (this.counts[Part.Thought] > 0) {
      completion.beginReasoning();
      this.writeTexts(Part.Thought);
      completion.endReasoning();
    }
    this.writeSources(doc.get(candidate, "groundingMetadata"));
    this.writeMedia();
    if (hasCalls) this.writeCalls();
    completion.endMessage();
    completion.json.key("logprobs");
    writeLogprobs(doc, doc.get(candidate, "logprobsResult"), completion.json);
    const reason = doc.string(doc.get(candidate, "finishReason"));
    completion.finishChoice(mapFinishReason(reason, hasCalls));
  }

  private countParts(parts: i32): void {
    const doc = this.doc;
    this.parts = doc.isArray(parts) ? doc.first(parts) : -1;
    for (let i = 0; i <= Part.Hidden; ++i) this.counts[i] = 0;
    for (let part = this.parts; part >= 0; part = doc.next(part)) {
      this.counts[kindOfPart(doc, part)] += 1;
    }
  }

  private writeContent(): void {
    if (this.counts[Part.Text] == 0 && this.counts[Part.Call] > 0) {
      this.completion.noContent();
      return;
    }
    this.completion.beginContent();
    this.writeTexts(Part.Text);
    this.completion.endContent();
  }

  private writeTexts(kind: Part): void {
    const doc = this.doc;
    for (let part = this.parts; part >= 0; part = doc.next(part)) {
      if (kindOfPart(doc, part) != kind) continue;
      this.completion.json.stringPart(doc, doc.get(part, "text"));
    }
  }

  private writeMedia(): void {
    const doc = this.doc;
    const json = this.completion.json;
    let images = 0;
    let hasAudio = false;
    for (let part = this.parts; part >= 0; part = doc.next(part)) {
      const kind = kindOfPart(doc, part);
      if (kind == Part.Image) {
        if (images == 0) {
          json.key("images");
          json.beginArray();
        }
        writeImage(doc, part, images++, json);
      }
    }
    if (images > 0) json.endArray();
    for (let part = this.parts; part >= 0 && !hasAudio; part = doc.next(part)) {
      if (kindOfPart(doc, part) != Part.Audio) continue;
      hasAudio = true;
      json.key("audio");
      writeAudio(doc, part, this.call.newId("audio_"), this.call.created, json);
    }
  }

  private writeCalls(): void {
    const doc = this.doc;
    const json = this.completion.beginCalls();
    for (let part = this.parts; part >= 0; part = doc.next(part)) {
      if (kindOfPart(doc, part) != Part.Call) continue;
      writeCall(doc, part, -1, callId(this.call, this.calls++), json);
    }
  }

  /** Sources on the web and the bytes of the text that each one stands for. */
  private writeSources(metadata: i32): void {
    const doc = this.doc;
    const chunks = doc.get(metadata, "groundingChunks");
    const supports = doc.get(metadata, "groundingSupports");
    if (doc.first(chunks) < 0 || doc.first(supports) < 0) return;
    TEXT.clear();
    for (let part = this.parts; part >= 0; part = doc.next(part)) {
      if (kindOfPart(doc, part) == Part.Text) doc.decodeString(doc.get(part, "text"), TEXT);
    }
    this.completion.beginAnnotations();
    for (let item = doc.first(supports); item >= 0; item = doc.next(item)) {
      const segment = doc.get(item, "segment");
      const start = TEXT.characters(<i32>doc.integer(doc.get(segment, "startIndex"), 0));
      const end = TEXT.characters(<i32>doc.integer(doc.get(segment, "endIndex"), 0));
      const places = doc.get(item, "groundingChunkIndices");
      for (let at = doc.first(places); at >= 0; at = doc.next(at)) {
        const web = doc.get(doc.at(chunks, <i32>doc.integer(at, -1)), "web");
        const url = doc.get(web, "uri");
        if (!doc.isString(url)) continue;
        this.completion.citation(doc, url, doc.get(web, "title"), start, end);
      }
    }
    this.completion.endAnnotations();
  }
}

/** Whether the answer is that the prompt was refused. */
export function isBlockedPrompt(doc: Document): bool {
  const reason = doc.get(doc.get(doc.root(), "promptFeedback"), "blockReason");
  return doc.stringLength(reason) > 0;
}

/** When the answer was made, which Vertex AI tells. */
export function createdOf(call: Call, doc: Document): i64 {
  const time = doc.get(doc.root(), "createTime");
  const seconds = doc.isString(time) ? parseRfc3339(doc.string(time)) : -1;
  return seconds > 0 ? seconds : call.created;
}

/** The id of the call at a place in the answer, where Gemini gives none. */
export function callId(call: Call, place: i32): string {
  return call.newId(place == 0 ? "call_" : `call_${place}_`);
}
