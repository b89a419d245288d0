// Custom settings in requests: nested names, order, `overwrite`, and the common names of each
// protocol.
import { ConfigReport } from "../config/config-report";
import { CustomSetting, readCustomSettings } from "../config/custom-setting";
import { applyCustomSettings } from "../config/custom-settings";
import { ConfigSource, FieldReader } from "../config/field-reader";
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ByteWriter } from "../text/byte-writer";

const SETTINGS = new Document();
const REQUEST = new Document();
const REPORT: ConfigReport[] = [];

function parse(doc: Document, json: string): void {
  const bytes = new ByteWriter();
  bytes.text(json);
  doc.parse(bytes.ptr, bytes.length);
}

function read(list: string, protocol: string): CustomSetting[] {
  parse(SETTINGS, '{"customSettings":' + list + "}");
  const report = new ConfigReport();
  REPORT.length = 0;
  REPORT.push(report);
  const source = new ConfigSource(SETTINGS, report, new Map<string, string>());
  return readCustomSettings(new FieldReader(source, SETTINGS.root(), "p"), protocol);
}

/** The request with the settings of the list; an error of the list instead. */
function applied(list: string, request: string, protocol: string = "openai"): string {
  const settings = read(list, protocol);
  if (REPORT[0].failed) return REPORT[0].error;
  parse(REQUEST, request);
  const edit = new JsonEdit();
  edit.begin(REQUEST);
  applyCustomSettings(settings, REQUEST, edit);
  const out = new ByteWriter();
  edit.apply(out);
  return out.toString();
}

/**
 * `{"name":<name>,"value":<json>,"mode":"raw"}`, with `overwrite` false where the name begins with
 * `?`.
 */
function raw(settings: string[]): string {
  const items: string[] = [];
  for (let i = 0; i < settings.length; ++i) {
    const at = settings[i].indexOf("=");
    const keeps = settings[i].startsWith("?");
    const name = settings[i].substring(keeps ? 1 : 0, at);
    const json = settings[i].substring(at + 1);
    const rest = ',"mode":"raw","overwrite":' + (keeps ? "false}" : "true}");
    items.push('{"name":"' + name + '","value":' + json + rest);
  }
  return "[" + items.join(",") + "]";
}

describe("custom settings of one name", () => {
  it("sets, replaces and leaves the rest byte for byte", () => {
    expect(applied(raw(["a=1"]), '{ "b": 1.0 }')).toBe('{"a":1, "b": 1.0 }');
    expect(applied(raw(['a={"x":[1]}']), '{"a":2,"b":1e5}')).toBe('{"a":{"x":[1]},"b":1e5}');
    expect(applied(raw(["a=1", "a=2"]), "{}")).toBe('{"a":2}');
    expect(applied(raw(["a=1", "b=null"]), "{}")).toBe('{"a":1,"b":null}');
    expect(applied("[]", "{}")).toBe("{}");
    expect(applied(raw(["a=1"]), "[1]")).toBe("[1]");
  });
  it("with overwrite off only fills what is absent", () => {
    expect(applied(raw(["?a=1"]), '{"a":2}')).toBe('{"a":2}');
    expect(applied(raw(["?a=1"]), '{"a":null}')).toBe('{"a":null}');
    expect(applied(raw(["?a=1"]), "{}")).toBe('{"a":1}');
    expect(applied(raw(["a=1", "?a=2"]), "{}")).toBe('{"a":1}');
    expect(applied(raw(["?a=1", "a=2"]), "{}")).toBe('{"a":2}');
  });
});

describe("custom settings with dots", () => {
  it("make one object for several settings", () => {
    expect(applied(raw(["a.b=1", "a.c=2"]), "{}")).toBe('{"a":{"b":1,"c":2}}');
    expect(applied(raw(["a.b.c=1", "a.b.d=2", "a.e=3"]), '{"x":0}')).toBe(
      '{"a":{"b":{"c":1,"d":2},"e":3},"x":0}',
    );
  });
  it("go into an object that is there", () => {
    expect(applied(raw(["a.b=1", "a.c=2"]), '{"a":{"z":0,"c":9}}')).toBe(
      '{"a":{"b":1,"z":0,"c":2}}',
    );
    expect(applied(raw(["?a.c=1", "?a.b=1"]), '{"a":{"c":9}}')).toBe('{"a":{"b":1,"c":9}}');
    expect(applied(raw(["a.b.c=1"]), '{"a":{}}')).toBe('{"a":{"b":{"c":1}}}');
    expect(applied(raw(["a.b=1"]), '{"a":1,"a":{"z":0}}')).toBe('{"a":1,"a":{"b":1,"z":0}}');
  });
  it("replace what is no object only with overwrite", () => {
    expect(applied(raw(["a.b=1"]), '{"a":5}')).toBe('{"a":{"b":1}}');
    expect(applied(raw(["a.b=1"]), '{"a":[1]}')).toBe('{"a":{"b":1}}');
    expect(applied(raw(["a.b=1"]), '{"a":null}')).toBe('{"a":{"b":1}}');
    expect(applied(raw(["?a.b=1"]), '{"a":5}')).toBe('{"a":5}');
    expect(applied(raw(["?a.b=1"]), '{"a":null}')).toBe('{"a":null}');
    expect(applied(raw(["a.b=1", "?a.c=2"]), '{"a":5}')).toBe('{"a":{"b":1,"c":2}}');
  });
  it("see what earlier settings made", () => {
    expect(applied(raw(["a=1", "a.b=2"]), "{}")).toBe('{"a":{"b":2}}');
    expect(applied(raw(["a=1", "?a.b=2"]), "{}")).toBe('{"a":1}');
    expect(applied(raw(['a={"é\\n":1,"c":{"d":1}}', "a.c.e=2", "?a.c.d=9"]), '{"a":0}')).toBe(
      '{"a":{"é\\n":1,"c":{"d":1,"e":2}}}',
    );
    expect(applied(raw(["a.b=1", "a=3"]), '{"a":{"z":0}}')).toBe('{"a":3}');
    expect(applied(raw(["a.b=1", 'a={"c":1}', "a.d=2"]), '{"a":{"z":0}}')).toBe(
      '{"a":{"c":1,"d":2}}',
    );
    expect(applied(raw(['a={"b":1,"b":2}', "a.c=3"]), "{}")).toBe('{"a":{"b":2,"c":3}}');
  });
  it("does not change the configuration", () => {
    const settings = read(raw(['a={"b":1}', "a.c=2"]), "openai");
    for (let turn = 0; turn < 2; ++turn) {
      parse(REQUEST, "{}");
      const edit = new JsonEdit();
      edit.begin(REQUEST);
      applyCustomSettings(settings, REQUEST, edit);
      const out = new ByteWriter();
      edit.apply(out);
      expect(out.toString()).toBe('{"a":{"b":1,"c":2}}');
    }
  });
});

describe("common names of custom settings", () => {
  it("are named as each protocol does", () => {
    const list =
      '[{"name":"max_tokens","value":1},{"name":"temperature","value":2},{"name":"top_p","value":3},' +
      '{"name":"top_k","value":4},{"name":"seed","value":5}]';
    const openai = '{"max_tokens":1,"temperature":2,"top_p":3,"seed":5}';
    expect(applied(list, "{}")).toBe(openai);
    expect(applied(list, "{}", "groq")).toBe(openai);
    expect(applied(list, "{}", "baidu")).toBe('{"max_output_tokens":1,"temperature":2,"top_p":3}');
    expect(applied(list, "{}", "spark")).toBe('{"max_tokens":1,"temperature":2,"top_k":4}');
    expect(applied(list, "{}", "qwen")).toBe(
      '{"parameters":{"max_tokens":1,"temperature":2,"top_p":3,"seed":5}}',
    );
    expect(applied(list, "{}", "gemini")).toBe(
      '{"generation_config":{"maxOutputTokens":1,"temperature":2,"topP":3,"topK":4}}',
    );
    expect(applied(list, "{}", "hunyuan")).toBe('{"Temperature":2,"TopP":3}');
    expect(applied(list, "{}", "claude")).toBe(
      '{"max_tokens":1,"temperature":2,"top_p":3,"top_k":4}',
    );
    expect(applied(list, "{}", "minimax")).toBe(
      '{"tokens_to_generate":1,"temperature":2,"top_p":3}',
    );
    expect(REPORT[0].warnings.length).toBe(2);
  });
  it("keep Gemini's spelling of its object", () => {
    const list = raw(["a=1", "b=2"]);
    expect(applied(list, '{"generationConfig":{"c":3}}', "gemini")).toBe(
      '{"generationConfig":{"a":1,"b":2,"c":3}}',
    );
    expect(applied(list, '{"generation_config":{"c":3}}', "gemini")).toBe(
      '{"generation_config":{"a":1,"b":2,"c":3}}',
    );
    expect(applied(list, "{}", "qwen")).toBe('{"parameters":{"a":1,"b":2}}');
  });
  it("are dropped with a warning where they are unknown", () => {
    expect(applied('[{"name":"top_k","value":1}]', "{}")).toBe("{}");
    expect(REPORT[0].warnings[0]).toBe(
      'p.customSettings[0].name: "top_k" is no common setting of the protocol openai and is dropped; see mode raw',
    );
    expect(applied('[{"name":"a.b","value":1}]', "{}", "gemini")).toBe("{}");
    expect(REPORT[0].warnings.length).toBe(1);
  });
});

describe("errors of custom settings", () => {
  it("name the path", () => {
    expect(applied("{}", "{}")).toBe("p.customSettings: expected an array, found an object");
    expect(applied("[1]", "{}")).toBe("p.customSettings[0]: expected an object, found a number");
    expect(applied('[{"name":"seed"}]', "{}")).toBe(
      "p.customSettings[0].value: expected a value, found nothing",
    );
    expect(applied('[{"value":1}]', "{}")).toBe(
      "p.customSettings[0].name: expected a name, or several with dots between them",
    );
    expect(applied('[{"name":"a..b","value":1}]', "{}")).toBe(
      "p.customSettings[0].name: expected a name, or several with dots between them",
    );
    expect(applied('[{"name":"é","value":1}]', "{}")).toBe(
      'p.customSettings[0].name: expected printable ASCII characters without " and \\',
    );
    expect(applied('[{"name":"a' + ".a".repeat(16) + '","value":1}]', "{}")).toBe(
      "p.customSettings[0].name: expected at most 16 names with dots between them",
    );
    expect(applied('[{"name":"seed","value":1,"mode":"x"}]', "{}")).toBe(
      'p.customSettings[0].mode: expected "auto" or "raw", found "x"',
    );
    expect(applied('[{"name":"seed","value":1,"overwrite":"x"}]', "{}")).toBe(
      "p.customSettings[0].overwrite: expected a boolean, found a string",
    );
  });
});
