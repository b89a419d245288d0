// What the parser says of configurations, and what becomes of them.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { CASES } from "./config-cases.ts";
import { compileParser, type ParserModule } from "./config-parser.ts";

let parser: ParserModule;

before(async () => {
  parser = await compileParser();
});

describe("errors and warnings", () => {
  for (const one of CASES) {
    test(one.shows, () => {
      const environment = one.environment ?? {};
      const json = one.text ?? JSON.stringify(one.config);
      const [error, ...warnings] = parser.check(
        json,
        Object.keys(environment),
        Object.values(environment),
      );
      const expected = (one.error ?? "").replace("$types", parser.known("types").join(", "));
      assert.equal(error, expected);
      if (expected === "") assert.deepEqual(warnings, one.warnings ?? []);
      assert.ok(
        ![error, ...warnings].some((text) => text?.includes("secret")),
        "a secret is shown",
      );
    });
  }

  test("text that is cut anywhere is refused without a trap", () => {
    const full = JSON.stringify(CASES.map((one) => one.config));
    for (let length = 1; length < full.length; length += 7) {
      assert.notEqual(parser.check(full.slice(0, length), [], [])[0], "", String(length));
    }
  });

  test("values of any kind at any place are refused or accepted without a trap", () => {
    const values = [
      null,
      true,
      -1,
      1e300,
      "",
      "~",
      "${",
      [],
      [[]],
      {},
      { "": {} },
      "x".repeat(9000),
    ];
    for (const level of ["top", "rule", "provider"]) {
      for (const key of parser.known(level)) {
        for (const value of values) {
          const provider = level === "provider" ? { type: "groq", [key]: value } : { type: "groq" };
          const rule = {
            _match_route_: "a",
            provider,
            ...(level === "rule" ? { [key]: value } : {}),
          };
          const top = { _rules_: [rule], ...(level === "top" ? { [key]: value } : {}) };
          parser.check(JSON.stringify(top), [], []);
        }
      }
    }
  });
});

describe("a configuration that holds", () => {
  const config = JSON.stringify({
    providers: [
      { id: "main", type: "openai", modelMapping: { "gpt-4*": "x", "~^qwen/(.*)$": "$1" } },
      { id: "fast", type: "groq" },
    ],
    activeProviderId: "main",
    _rules_: [
      { _match_route_: ["chat"], _match_service_: ["fast.internal:443"], activeProviderId: "fast" },
      { _match_domain_: ["*.example.com"], provider: { type: "groq" } },
      { _match_route_prefix_: "untouched-" },
    ],
  });

  test("finds the provider of a request", () => {
    const match = (host: string, route: string, cluster: string): string =>
      parser.match(config, host, route, cluster);
    assert.equal(match("a", "chat", "outbound|443||fast.internal"), "fast");
    assert.equal(match("a", "chat", "outbound|80||fast.internal"), "main");
    assert.equal(match("API.example.com:8080", "b", ""), "groq");
    assert.equal(match("a", "untouched-1", ""), "");
    assert.equal(match("", "", ""), "main");
  });

  test("maps models", () => {
    assert.equal(parser.mapModel(config, "gpt-4o"), "x");
    assert.equal(parser.mapModel(config, "qwen/qwen-max"), "qwen-max");
    assert.equal(parser.mapModel(config, "other"), "other");
  });

  test("puts settings into requests", () => {
    const settings = [
      { name: "a.b", value: [1], mode: "raw" },
      { name: "seed", value: 7, overwrite: false },
    ];
    const json = JSON.stringify({ provider: { type: "groq", customSettings: settings } });
    assert.equal(
      parser.customize(json, '{"model":"m","n":1.0}'),
      '{"a":{"b":[1]},"seed":7,"model":"m","n":1.0}',
    );
    assert.equal(parser.customize(json, '{"seed":null,"a":{}}'), '{"seed":null,"a":{"b":[1]}}');
  });
});
