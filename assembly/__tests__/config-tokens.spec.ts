// Credentials and environment variables: https://www.rfc-editor.org/rfc/rfc9110#section-5.5 says
// what a header may hold.
import { readTokens } from "../config/api-token";
import { ConfigReport } from "../config/config-report";
import { expandEnvironment } from "../config/environment";
import { ConfigSource, FieldReader } from "../config/field-reader";
import { Document } from "../json/document";
import { ByteWriter } from "../text/byte-writer";

const DOCUMENT = new Document();

function environment(): Map<string, string> {
  const variables = new Map<string, string>();
  variables.set("KEY", "sk-1");
  variables.set("_B2", "b");
  variables.set("EMPTY", "");
  variables.set("LINES", "sk\n");
  variables.set("NESTED", "${KEY}");
  return variables;
}

function expanded(text: string): string {
  const report = new ConfigReport();
  const result = expandEnvironment(text, environment(), report, "p");
  return report.failed ? report.error : result;
}

/** `id=value` of each token; the error where there is one. */
function tokens(json: string): string {
  const bytes = new ByteWriter();
  bytes.text('{"apiTokens":' + json + "}");
  DOCUMENT.parse(bytes.ptr, bytes.length);
  const report = new ConfigReport();
  const source = new ConfigSource(DOCUMENT, report, environment());
  const read = readTokens(new FieldReader(source, DOCUMENT.root(), "p"));
  if (report.failed) return report.error;
  const shown: string[] = [];
  for (let i = 0; i < read.length; ++i) shown.push(read[i].id + "=" + read[i].value);
  return shown.join(" ");
}

describe("environment variables", () => {
  it("stand alone or in other text", () => {
    expect(expanded("sk-2")).toBe("sk-2");
    expect(expanded("${KEY}")).toBe("sk-1");
    expect(expanded("a-${KEY}-${_B2}${KEY}.")).toBe("a-sk-1-bsk-1.");
    expect(expanded("${EMPTY}")).toBe("");
    expect(expanded("")).toBe("");
  });
  it("are put in once", () => {
    expect(expanded("${NESTED}")).toBe("${KEY}");
  });
  it("can be written without being meant", () => {
    expect(expanded("$KEY $ $$ {KEY}")).toBe("$KEY $ $$ {KEY}");
    expect(expanded("a$${KEY}-${KEY}")).toBe("a${KEY}-sk-1");
    expect(expanded("$${")).toBe("${");
  });
  it("are named in errors, without any value", () => {
    expect(expanded("sk-secret-${NONE}")).toBe("p: the environment variable NONE is not set");
    const syntax = "p: expected the name of an environment variable and } after ${";
    expect(expanded("sk-secret-${KEY")).toBe(syntax);
    expect(expanded("${}")).toBe(syntax);
    expect(expanded("${2B}")).toBe(syntax);
    expect(expanded("${A-B}")).toBe(syntax);
    expect(expanded("${ KEY }")).toBe(syntax);
  });
});

describe("tokens", () => {
  it("are strings or objects", () => {
    expect(tokens('["a","${KEY}"]')).toBe("0=a 1=sk-1");
    expect(tokens('[{"id":"x","token":"a-${_B2}"},"c",{"token":"d"}]')).toBe("x=a-b 1=c 2=d");
    expect(tokens('"one"')).toBe("0=one");
    expect(tokens('{"id":"x","token":"one"}')).toBe("x=one");
    expect(tokens("[]")).toBe("");
    expect(tokens("null")).toBe("");
  });
  it("are refused without being shown", () => {
    expect(tokens('["a",3]')).toBe("p.apiTokens[1]: expected a string, found a number");
    expect(tokens("[null]")).toBe("p.apiTokens[0]: expected a string, found null");
    expect(tokens("true")).toBe("p.apiTokens: expected an array, found a boolean");
    expect(tokens('[""]')).toBe("");
    expect(tokens('["${EMPTY}"]')).toBe("p.apiTokens[0]: expected a token, found an empty string");
    expect(tokens('[{"id":"x"}]')).toBe(
      "p.apiTokens[0].token: expected a token, found an empty string",
    );
    expect(tokens('["a\\r\\nhost: b"]')).toBe("p.apiTokens[0]: holds a control character");
    expect(tokens('["${LINES}"]')).toBe("p.apiTokens[0]: holds a control character");
    expect(tokens('[{"token":"a\\u007f"}]')).toBe(
      "p.apiTokens[0].token: holds a control character",
    );
    expect(tokens('["${NONE}"]')).toBe("p.apiTokens[0]: the environment variable NONE is not set");
    expect(tokens('[{"id":"x","token":"a"},{"id":"x","token":"b"}]')).toBe(
      'p.apiTokens[1]: another token has the id "x"',
    );
  });
});
