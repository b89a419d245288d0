// Token counts: https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";

/** Counts of one exchange. Inclusive: cached tokens are part of `prompt`, reasoning tokens of `completion`. */
export class Usage {
  prompt: i64 = 0;
  completion: i64 = 0;
  cached: i64 = 0;
  cacheWrite: i64 = 0;
  reasoning: i64 = 0;
  /** Tokens of images, and of audio, in the prompt; and of audio in the answer. */
  image: i64 = 0;
  promptAudio: i64 = 0;
  completionAudio: i64 = 0;
  /** What the provider gives as the total where it tells nothing else. */
  stated: i64 = 0;
  /** The model that answered, as it is told to the client; "" as long as that is not known. */
  model: string = "";
  /** Why the first choice ended, a `FinishReason`; -1: nobody has said yet. */
  finish: i32 = -1;
  /** Whether the provider has said anything. */
  isKnown: bool = false;

  total(): i64 {
    const sum = this.prompt + this.completion;
    return sum > 0 ? sum : this.stated;
  }

  /** Writes the object; details only where they say something. */
  write(json: JsonWriter): void {
    json.beginObject();
    json.keyInteger("prompt_tokens", this.prompt);
    json.keyInteger("completion_tokens", this.completion);
    json.keyInteger("total_tokens", this.total());
    if (this.cached > 0 || this.cacheWrite > 0 || this.image > 0 || this.promptAudio > 0) {
      json.key("prompt_tokens_details");
      json.beginObject();
      json.keyInteger("cached_tokens", this.cached);
      if (this.cacheWrite > 0) json.keyInteger("cache_write_tokens", this.cacheWrite);
      if (this.image > 0) json.keyInteger("image_tokens", this.image);
      if (this.promptAudio > 0) json.keyInteger("audio_tokens", this.promptAudio);
      json.endObject();
    }
    if (this.reasoning > 0 || this.completionAudio > 0) {
      json.key("completion_tokens_details");
      json.beginObject();
      json.keyInteger("reasoning_tokens", this.reasoning);
      if (this.completionAudio > 0) json.keyInteger("audio_tokens", this.completionAudio);
      json.endObject();
    }
    json.endObject();
  }

  /** Takes the tokens of texts that are only read, such as those of embeddings; 0 where nobody says them. */
  tellPrompt(tokens: i64): void {
    this.isKnown = tokens > 0;
    this.prompt = tokens;
  }

  /**
   * Takes the counts of a usage object of OpenAI's or of Anthropic's, of which a stream tells several, the
   * later ones more exactly.
   */
  merge(doc: Document, usage: i32): void {
    if (!doc.isObject(usage)) return;
    this.isKnown = true;
    const input = doc.get(usage, "input_tokens");
    const read = doc.integer(doc.get(usage, "cache_read_input_tokens"), 0);
    const written = doc.integer(doc.get(usage, "cache_creation_input_tokens"), 0);
    const prompt = max(doc.integer(doc.get(usage, "prompt_tokens"), 0), doc.integer(input, 0));
    const completion = doc.get(usage, "completion_tokens");
    const output = max(doc.integer(completion, 0), doc.integer(doc.get(usage, "output_tokens"), 0));
    const isNew = doc.isNumber(input);
    const details = doc.get(usage, isNew ? "input_tokens_details" : "prompt_tokens_details");
    const more = doc.get(usage, isNew ? "output_tokens_details" : "completion_tokens_details");
    const cached = doc.integer(doc.get(details, "cached_tokens"), 0);
    // Anthropic counts what it caches beside the rest.
    this.prompt = max(this.prompt, prompt + read + written);
    this.completion = max(this.completion, output);
    this.cached = max(this.cached, max(cached, read));
    this.cacheWrite = max(this.cacheWrite, written);
    this.reasoning = max(this.reasoning, doc.integer(doc.get(more, "reasoning_tokens"), 0));
    this.stated = max(this.stated, doc.integer(doc.get(usage, "total_tokens"), 0));
  }

  /** Takes the counts of an OpenAI usage object. */
  read(doc: Document, usage: i32): void {
    if (!doc.isObject(usage)) return;
    this.isKnown = true;
    this.prompt = doc.integer(doc.get(usage, "prompt_tokens"), 0);
    this.completion = doc.integer(doc.get(usage, "completion_tokens"), 0);
    const prompt = doc.get(usage, "prompt_tokens_details");
    this.cached = doc.integer(doc.get(prompt, "cached_tokens"), 0);
    this.cacheWrite = doc.integer(doc.get(prompt, "cache_write_tokens"), 0);
    const completion = doc.get(usage, "completion_tokens_details");
    this.reasoning = doc.integer(doc.get(completion, "reasoning_tokens"), 0);
  }
}
