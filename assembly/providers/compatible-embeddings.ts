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
  // The one vector of a model that reads images and texts together may come without a list.
  const isSingle = doc.isObject(items) && !doc.absent(doc.get(items, "embedding"));
  if (!isSingle && !doc.isArray(items)) {
    return invalidUpstreamResponse(spec.id, "it has no 'data'");
  }
  if (!doc.stringIs(doc.get(root, "object"), "list")) edit.setString(root, "object", "list");
  if (doc.stringLength(doc.get(root, "model")) == 0) edit.setString(root, "model", call.model);
  // Together tells no usage.
  if (!doc.isObject(doc.get(root, "usage"))) {
    edit.setRaw(root, "usage", '{"prompt_tokens":0,"total_tokens":0}');
  }
  if (isSingle) {
    writeSingle(call, doc, doc.get(items, "embedding"));
    edit.replace(items, QUOTED.ptr, QUOTED.length);
    return null;
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

/** Puts the list of one vector into `QUOTED`. */
function writeSingle(call: Call, doc: Document, vector: i32): void {
  const out = QUOTED;
  out.clear();
  out.ascii('[{"object":"embedding","index":0,"embedding":');
  if (call.wantsBase64 && doc.isArray(vector)) {
    out.byte(0x22);
    out.writer(base64OfNumbers(doc, vector));
    out.byte(0x22);
  } else {
    out.bytes(doc.ptr + doc.start(vector), doc.end(vector) - doc.start(vector));
  }
  out.ascii("}]");
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
