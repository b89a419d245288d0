// What Ollama keeps apart as options of the model: https://docs.ollama.com/modelfile#parameter
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";

/** Members that stand in `options`: OpenAI's, and those that only Ollama has. */
const OPTION_NAMES: string[] = (
  "temperature top_p seed presence_penalty frequency_penalty top_k min_p typical_p " +
  "repeat_penalty repeat_last_n num_ctx num_keep num_batch num_gpu num_thread main_gpu use_mmap"
).split(" ");

/** `options`, where there are any: the client's own, and what OpenAI has at the top. */
export function writeOptions(doc: Document, json: JsonWriter): void {
  const root = doc.root();
  const options = new OptionsWriter(json);
  const own = doc.get(root, "options");
  for (let value = doc.first(own); value >= 0 && doc.isObject(own); value = doc.next(value)) {
    const name = doc.key(value);
    if (OPTION_NAMES.includes(name) && !doc.absent(doc.get(root, name))) continue;
    options.open();
    json.keyRaw(doc, value);
    json.value(doc, value);
  }
  for (let i = 0; i < OPTION_NAMES.length; ++i) {
    const value = doc.get(root, OPTION_NAMES[i]);
    if (doc.absent(value)) continue;
    options.open();
    json.keyValue(OPTION_NAMES[i], doc, value);
  }
  let limit = doc.get(root, "max_completion_tokens");
  if (doc.absent(limit)) limit = doc.get(root, "max_tokens");
  if (!doc.absent(limit)) {
    options.open();
    json.keyValue("num_predict", doc, limit);
  }
  const stop = doc.get(root, "stop");
  if (!doc.absent(stop)) {
    options.open();
    json.key("stop");
    if (!doc.isArray(stop)) json.beginArray();
    json.value(doc, stop);
    if (!doc.isArray(stop)) json.endArray();
  }
  if (options.isOpen) json.endObject();
}

/** Begins the object with its first member. */
class OptionsWriter {
  isOpen: bool = false;

  constructor(private readonly json: JsonWriter) {}

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.json.key("options");
    this.json.beginObject();
  }
}
