// The fixture runner: what it compares, where it cuts, and what it records.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { compareJson } from "./fixture-runner/compare-json.ts";
import { compareSse } from "./fixture-runner/compare-sse.ts";
import { compareHeaders } from "./fixture-runner/compare.ts";
import { everyArrival } from "./fixture-runner/cuts.ts";
import { loadFixture, loadFixtures } from "./fixture-runner/fixture.ts";
import { updateGoldens } from "./fixture-runner/goldens.ts";
import { checkFixture } from "./fixture-runner/host-run.ts";
import { parseJson, writeJson } from "./fixture-runner/json-value.ts";
import { probeVm } from "./probe/probe-vm.ts";
import { pieces } from "../host/run.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "fixtures-"));
after(() => rmSync(FOLDER, { recursive: true, force: true }));

function compare(expected: string, actual: string): string[] {
  return compareJson(parseJson(expected), parseJson(actual));
}

describe("JSON", () => {
  test("numbers keep their form, members their order", () => {
    const text = '{"b":1.50,"a":[-0,1e5,"é\\n",true,null,{}],"c":12345678901234567890}';
    assert.equal(
      writeJson(parseJson(text)),
      '{"b":1.50,"a":[-0,1e5,"é\\n",true,null,{}],"c":12345678901234567890}',
    );
    assert.deepEqual(compare("1.0", "1"), ["the whole value: expected 1.0, got 1"]);
  });

  test("what is no JSON, or has a member twice, is refused", () => {
    for (const text of ["", "{", '{"a":1,}', "[1 2]", '{"a":1,"a":2}', "01", '"\n"', "1 x"]) {
      assert.throws(() => parseJson(text), /JSON at offset/, text);
    }
  });

  test("differences name the member", () => {
    const expected = '{"choices":[{"delta":{"content":"a"}}],"id":"x","usage":null}';
    const actual = '{"choices":[{"delta":{"content":"b"}},1],"id":"x","more":{}}';
    assert.deepEqual(compare(expected, actual), [
      'choices[0].delta.content: expected "a", got "b"',
      "choices[1]: not expected: 1",
      "usage: missing: null",
      "more: not expected: {}",
    ]);
  });

  test("placeholders", () => {
    assert.deepEqual(
      compare('{"a":"$any","b":"$id","c":"$created"}', '{"a":[],"b":"x","c":1735787045}'),
      [],
    );
    assert.deepEqual(compare('{"b":"$id"}', '{"b":""}'), ['b: expected an id, got ""']);
    assert.deepEqual(compare('{"c":"$created"}', '{"c":17.5}'), [
      "c: expected unix seconds, got 17.5",
    ]);
  });
});

describe("event streams", () => {
  test("are compared event by event", () => {
    const stream = 'data: {"a":1}\n\ndata: [DONE]\n\n';
    assert.deepEqual(compareSse(stream, stream), []);
    assert.deepEqual(compareSse(stream, 'data: {"a":2}\n\ndata: [DONE]\n\n'), [
      "event 0 a: expected 1, got 2",
    ]);
    assert.deepEqual(compareSse(stream, 'data: {"a":1}\n\n'), ["event 1: missing: [DONE]"]);
  });

  test("have one framing only", () => {
    for (const stream of ["data: 1\n", "data:1\n\n", "event: a\ndata: 1\n\n", ": hi\n\n"]) {
      assert.match(compareSse("data: 1\n\n", stream)[0] ?? "", /^offset 0: not an event/, stream);
    }
  });

  test("keep one id", () => {
    const expected = 'data: {"id":"$id"}\n\n'.repeat(2);
    assert.deepEqual(compareSse(expected, 'data: {"id":"a"}\n\ndata: {"id":"b"}\n\n'), [
      'event 1 id: "b", but "a" in an event before',
    ]);
  });
});

test("headers: exact, absent, or any", () => {
  const actual = [
    ["a", "1"],
    ["b", "2"],
  ] as const;
  assert.deepEqual(compareHeaders({ A: "1", b: "$any", c: null }, actual), []);
  assert.deepEqual(compareHeaders({ a: null, c: "$any" }, actual), [
    'header a: expected none, got "1"',
    "header c: expected one, got none",
  ]);
});

test("a body is cut at every position", () => {
  const body = Buffer.from("abcd");
  const cut = everyArrival(body).map((arrival) =>
    pieces(body, arrival).map((piece) => Buffer.from(piece).toString()),
  );
  assert.deepEqual(cut, [
    ["abcd", ""],
    ["a", "b", "c", "d", ""],
    ["a", "bcd", ""],
    ["ab", "cd"],
    ["abc", "d", ""],
  ]);
});

describe("a fixture of the probe", () => {
  const write = (files: Record<string, string>): void => {
    const folder = join(FOLDER, "probe/own");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  };
  const caseOf = (script: string, more: object = {}): string =>
    JSON.stringify({
      shows: "it",
      config: "one",
      request: { headers: { "x-do": script } },
      ...more,
    });

  test("is recorded, and then holds", async () => {
    const stream = 'data: {"id":"a"}\n\ndata: [DONE]\n\n';
    write({
      "case.json": caseOf("request_headers=replace:x-new:v,replace:%path:/new"),
      "request.json": '{"a":1}',
      "upstream-response.sse": stream,
    });
    const vm = await probeVm();
    const written = updateGoldens(vm, loadFixture(FOLDER, "probe/own"));
    assert.deepEqual(written, ["response.sse", "upstream-request.json"]);
    const golden = JSON.parse(
      readFileSync(join(FOLDER, "probe/own/upstream-request.json"), "utf8"),
    ) as Record<string, unknown>;
    assert.equal(golden["path"], "/new");
    assert.deepEqual(golden["body"], { a: 1 });
    assert.equal(readFileSync(join(FOLDER, "probe/own/response.sse"), "utf8"), stream);
    for (const fixture of loadFixtures(FOLDER, "own")) checkFixture(vm, fixture);
  });

  test("fails with the place of the difference", async () => {
    write({
      "case.json": caseOf("request_headers=reply:400:no", { expect: { status: 400 } }),
      "request.json": "{}",
      "response.txt": "na",
    });
    const fixture = loadFixture(FOLDER, "probe/own");
    const vm = await probeVm();
    const message =
      "probe/own:\n  response.txt body differs at byte 1 (2 and 2 bytes): " +
      'expected "na", got "no"';
    assert.throws(() => checkFixture(vm, fixture), { message });
  });

  test("fails where the pieces of a body make a difference", async () => {
    write({
      "case.json": caseOf("request_headers=del:content-length;request_body=set:x"),
      "request.json": "{}",
      "upstream-request.json": '{"bodyText":"x"}',
    });
    const fixture = loadFixture(FOLDER, "probe/own");
    const vm = await probeVm();
    assert.throws(
      () => checkFixture(vm, fixture),
      /probe\/own \(request body whole, its end alone\)/,
    );
  });

  test("answers the filter's own calls", async () => {
    const call = { cluster: "auth", path: "/token", body: "ask", response: { body: "secret" } };
    const script =
      "request_headers=ret:1,del:content-length,call:auth;request_body=ret:1;" +
      "call_response=replace:x-token:t,resume:0";
    write({
      "case.json": caseOf(script, { calls: [call] }),
      "request.json": "{}",
      "upstream-request.json": '{"headers":{"x-token":"t"},"bodySame":true}',
    });
    const vm = await probeVm();
    checkFixture(vm, loadFixture(FOLDER, "probe/own"));
  });

  test("with a misspelt member or file is refused", () => {
    write({ "case.json": caseOf("", { expects: {} }) });
    assert.throws(() => loadFixture(FOLDER, "probe/own"), /unknown member expects/);
    write({ "case.json": caseOf(""), "respnse.json": "{}" });
    assert.throws(() => loadFixture(FOLDER, "probe/own"), /no fixture has a file respnse.json/);
  });
});
