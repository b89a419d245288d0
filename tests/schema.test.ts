// The schema, the documentation and the parser say the same: https://json-schema.org/draft/2020-12
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { format } from "prettier";
import { CASES, type ConfigCase } from "./config-cases.ts";
import { compileParser } from "./config-parser.ts";
import { fieldTests } from "./field-tests.ts";
import { fieldTable, propertiesOf, resolve, type Schema } from "./field-table.ts";

const SCHEMA_FILE = new URL("../config.schema.json", import.meta.url);
const DOCS_FILE = new URL("../docs/configuration.md", import.meta.url);
/** Writes the names of types and capabilities and the tables of the documentation anew. */
const RECORD = process.env["RECORD"] === "1";

const AGAIN = "run this test with RECORD=1 and read the difference";

const parser = await compileParser();
if (RECORD) await recordNames();
const schema = JSON.parse(readFileSync(SCHEMA_FILE, "utf8")) as Schema;
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
const accepts = ajv.compile(schema);

/** Takes the names that grow with the providers from the parser into the schema. */
async function recordNames(): Promise<void> {
  const text = readFileSync(SCHEMA_FILE, "utf8");
  const recorded: unknown = JSON.parse(text, (key: string, value: unknown) => {
    if (typeof value !== "object" || value === null || !("enum" in value)) return value;
    if (key === "type") return { ...value, enum: parser.known("types") };
    if (key === "propertyNames" && Array.isArray(value.enum) && value.enum.length > 3) {
      return { ...value, enum: parser.known("capabilities") };
    }
    return value;
  });
  const json = await format(JSON.stringify(recorded), { parser: "json", printWidth: 100 });
  writeFileSync(SCHEMA_FILE, json);
}

/** No key takes all of these. */
const WRONG_SOMEWHERE = [true, 7, "", "/v1", "https://", "a b", "\u0001", "${", [[]], { a: [] }];

/** The error, "" for none, and behind it the warnings. */
function verdict(config: unknown, environment: Readonly<Record<string, string>> = {}): string[] {
  return parser.check(JSON.stringify(config), Object.keys(environment), Object.values(environment));
}

describe("the verdicts of schema and parser", () => {
  const tested = (one: ConfigCase): boolean => one.text === undefined && one.beyondSchema !== true;
  for (const one of CASES.filter(tested)) {
    test(one.shows, () => {
      const [error] = verdict(one.config, one.environment);
      assert.equal(accepts(one.config), error === "", JSON.stringify(accepts.errors));
    });
  }

  test("a provider with nothing but its type", () => {
    for (const type of parser.known("types")) {
      const [error] = verdict({ provider: { type } });
      assert.equal(accepts({ provider: { type } }), error === "", error);
    }
  });

  test("every key refuses a value of another type", () => {
    for (const [name, field] of Object.entries(propertiesOf(schema, "provider"))) {
      for (const value of WRONG_SOMEWHERE) {
        const config = { provider: { type: "groq", [name]: value } };
        const [error] = verdict(config);
        assert.equal(accepts(config), error === "", `${name}: ${JSON.stringify(value)}: ${error}`);
      }
      for (const value of field.examples ?? []) {
        const config = { provider: { type: "groq", [name]: value } };
        assert.ok(accepts(config), `${name}: ${JSON.stringify(value)}`);
      }
    }
  });
});

describe("the keys of schema and parser", () => {
  for (const level of ["top", "rule", "provider"]) {
    test(level, () => {
      const keys = Object.keys(propertiesOf(schema, level));
      assert.deepEqual(keys.sort(), [...new Set(parser.known(level))].sort());
    });
  }

  test("types of providers", () => {
    const types = propertiesOf(schema, "provider")["type"]?.enum;
    assert.deepEqual(types, parser.known("types"), AGAIN);
  });

  test("capabilities", () => {
    const names = propertiesOf(schema, "provider")["capabilities"]?.propertyNames;
    assert.deepEqual(names?.enum, parser.known("capabilities"), AGAIN);
  });

  test("tokens and custom settings", () => {
    const token = Object.fromEntries(
      Object.keys(propertiesOf(schema, "token")).map((key) => [key, "x"]),
    );
    assert.deepEqual(verdict({ provider: { type: "groq", apiTokens: [token] } }), [""]);
    const setting = { name: "seed", value: 1, mode: "auto", overwrite: true };
    assert.deepEqual(Object.keys(propertiesOf(schema, "customSetting")), Object.keys(setting));
    assert.deepEqual(verdict({ provider: { type: "groq", customSettings: [setting] } }), [""]);
  });

  test("every key has a description and an example or a default", () => {
    for (const level of ["top", "rule", "provider"]) {
      for (const [name, field] of Object.entries(propertiesOf(schema, level))) {
        assert.ok(field.description, name);
        assert.ok(field.examples ?? resolve(schema, field).examples, `${name} has no example`);
      }
    }
  });
});

describe("the documentation", () => {
  const docs = readFileSync(DOCS_FILE, "utf8");
  const blocks =
    /<!-- (fields of (\w+)(?:: ([\w ]+))?|capabilities|types|tests of fields) -->\n([^]*?)<!-- end -->/g;

  test("has the tables of the schema", () => {
    const recorded = docs.replaceAll(blocks, (_, head: string, level?: string, names?: string) => {
      return `<!-- ${head} -->\n\n${block(head, level, names)}\n\n<!-- end -->`;
    });
    if (RECORD) writeFileSync(DOCS_FILE, recorded);
    else assert.equal(docs, recorded, AGAIN);
  });

  test("has a test for every key of a provider", () => {
    assert.deepEqual(fieldTests(Object.keys(propertiesOf(schema, "provider"))).untested, []);
  });

  test("has every key of a provider once", () => {
    const named = [...docs.matchAll(blocks)]
      .filter((block) => block[2] === "provider")
      .flatMap((block) => (block[3] ?? "").split(" "));
    assert.deepEqual(named.sort(), Object.keys(propertiesOf(schema, "provider")).sort());
  });

  test("has examples that both accept without a warning", () => {
    const variables = [...docs.matchAll(/\$\{(\w+)\}/g)].map((found) => [found[1], "x"]);
    const examples = [...docs.matchAll(/```json\n([^]*?)```/g)];
    assert.ok(examples.length >= 6);
    for (const [, example] of examples) {
      const config: unknown = JSON.parse(example ?? "");
      assert.deepEqual(verdict(config, Object.fromEntries(variables)), [""], example);
      assert.ok(accepts(config), example);
    }
  });
});

/** What stands between the marks of a block. */
function block(head: string, level: string | undefined, names: string | undefined): string {
  if (level !== undefined) {
    const properties = propertiesOf(schema, level);
    return fieldTable(properties, names?.split(" ") ?? Object.keys(properties));
  }
  if (head === "tests of fields") {
    return fieldTests(Object.keys(propertiesOf(schema, "provider"))).table;
  }
  const code = (key: string): string => `\`${key}\``;
  if (head === "types") return `${parser.known("types").map(code).join(", ")}.`;
  return parser
    .known("capabilities")
    .map((key) => `- ${code(key)}`)
    .join("\n");
}
