// Embeddings of OpenAI-compatible providers whose answers deviate:
// https://platform.openai.com/docs/api-reference/embeddings/object
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { base64OfNumbers } from "../openai/embeddings";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { ProviderSpec } from "./provider-spec";

const QUOTED: ByteWriter = new ByteWriter();

/** Collects the repairs of an answer with embeddings. */
export function repairEmbeddings(
  spec: ProviderSpec,
  call: Call,
  doc: Document,
  edit: JsonEdit,
): ApiError | null {
  const root = doc.root();
  const items = doc.get(root, "data");
  if (!doc.isArray(items)) return invalidUpstreamResponse(spec.id, "it has no 'data'");
  if (!doc.stringIs(doc.get(root, "object"), "list")) edit.setString(root, "object", "list");
  if (doc.stringLength(doc.get(root, "model")) == 0) edit.setString(root, "model", call.model);
  // Together tells no usage.
  if (!doc.isObject(doc.get(root, "usage"))) {
    edit.setRaw(root, "usage", '{"prompt_tokens":0,"total_tokens":0}');
  }
  let index = 0;
  for (let item = doc.first(items); item >= 0; item = doc.next(item), ++index) {
    if (!doc.stringIs(doc.get(item, "object"), "embedding")) {
      edit.setString(item, "object", "embedding");
    }
    if (!doc.isNumber(doc.get(item, "index"))) edit.setInteger(item, "index", index);
    const vector = doc.get(item, "embedding");
    if (call.wantsBase64 && doc.isArray(vector)) replaceByBase64(doc, vector, edit);
  }
  return null;
}

/** OpenAI's own SDKs ask for base64 and cannot read a list then; not every provider knows it. */
function replaceByBase64(doc: Document, vector: i32, edit: JsonEdit): void {
  const text = base64OfNumbers(doc, vector);
  QUOTED.clear();
  QUOTED.byte(0x22);
  QUOTED.writer(text);
  QUOTED.byte(0x22);
  edit.replace(vector, QUOTED.ptr, QUOTED.length);
}
