// The credentials of a provider, with environment variables put in.
import { JsonKind } from "../json/document";
import { expandEnvironment } from "./environment";
import { FieldReader } from "./field-reader";
import { elementPath, quoted } from "./json-path";

/** One credential. Only its id may be shown. */
export class ApiToken {
  constructor(
    /** A name for messages and metrics: the configured one, or the place in the list, from "0". */
    readonly id: string,
    readonly value: string,
  ) {}
}

/**
 * Reads `apiTokens`: strings or objects `{id, token}`, and a single one may stand without the list.
 */
export function readTokens(reader: FieldReader): ApiToken[] {
  const tokens: ApiToken[] = [];
  const doc = reader.doc;
  const path = reader.pathOf("apiTokens");
  const value = reader.value("apiTokens");
  if (doc.isString(value) || doc.isObject(value)) {
    addToken(tokens, reader, value, path);
  } else if (value >= 0 && reader.check(value, JsonKind.Array, path)) {
    for (let item = doc.first(value); item >= 0 && !reader.report.failed; item = doc.next(item)) {
      addToken(tokens, reader, item, elementPath(path, tokens.length));
    }
  }
  return tokens;
}

function addToken(tokens: ApiToken[], reader: FieldReader, value: i32, path: string): void {
  const doc = reader.doc;
  let id = "";
  let text = "";
  let textPath = path;
  if (doc.isObject(value)) {
    const fields = reader.inner(value, path);
    id = fields.text("id");
    text = fields.string("token");
    textPath = fields.pathOf("token");
    fields.warnOfUnknown();
  } else if (reader.check(value, JsonKind.String, path)) {
    text = doc.string(value);
    if (text.length == 0) {
      reader.report.warn(path, "is empty and is not used");
      return;
    }
  } else {
    return;
  }
  if (id.length == 0) id = tokens.length.toString();
  for (let i = 0; i < tokens.length; ++i) {
    if (tokens[i].id == id) reader.report.fail(path, "another token has the id " + quoted(id));
  }
  const token = expandEnvironment(text, reader.source.environment, reader.report, textPath);
  if (token.length == 0) reader.report.fail(textPath, "expected a token, found an empty string");
  if (reader.clean(token, 0x1f, "", textPath)) tokens.push(new ApiToken(id, token));
}
