// Reranking in DashScope's own form:
// https://www.alibabacloud.com/help/en/model-studio/text-rerank-api
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse, missingParameter } from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";

// @ts-ignore: decorator
@lazy
const PARAMETERS: StaticArray<string> = ["top_n", "return_documents", "instruct"];

/** Whether the client's request already is in DashScope's form. */
export function isNativeRerank(doc: Document): bool {
  return doc.isObject(doc.get(doc.root(), "input"));
}

/** Writes the request from one with `query` and `documents` at its top. */
export function writeRerankRequest(call: Call, doc: Document, out: ByteWriter): ApiError | null {
  const root = doc.root();
  const query = doc.get(root, "query");
  const documents = doc.get(root, "documents");
  if (doc.absent(query)) return missingParameter("query");
  if (!doc.isArray(documents)) return missingParameter("documents");
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyString("model", call.model);
  json.key("input");
  json.beginObject();
  json.keyValue("query", doc, query);
  json.keyValue("documents", doc, documents);
  json.endObject();
  json.key("parameters");
  json.beginObject();
  for (let i = 0; i < PARAMETERS.length; ++i) {
    const value = doc.get(root, unchecked(PARAMETERS[i]));
    if (!doc.absent(value)) json.keyValue(unchecked(PARAMETERS[i]), doc, value);
  }
  json.endObject();
  json.endObject();
  return null;
}

/** Writes the answer with its results at the top. */
export function writeRerank(
  provider: string,
  call: Call,
  doc: Document,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const results = doc.get(doc.get(root, "output"), "results");
  if (!doc.isArray(results)) return invalidUpstreamResponse(provider, "it has no 'results'");
  const id = doc.get(root, "request_id");
  const usage = doc.get(root, "usage");
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyString("object", "list");
  json.keyString("id", doc.isString(id) ? doc.string(id) : call.newId("rerank-"));
  json.keyString("model", call.model);
  json.keyValue("results", doc, results);
  if (doc.isObject(usage)) json.keyValue("usage", doc, usage);
  json.endObject();
  return null;
}
