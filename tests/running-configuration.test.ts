// Changes of a running gateway: who may make them, what is kept of them, and what they may not write over.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { serveAdmin } from "../cli/gateway/admin-server.ts";
import { RunningConfiguration } from "../cli/gateway/configuration.ts";
import type { RunningGateway } from "../cli/gateway/running.ts";

const TOKEN = "a-token";
const ORIGIN = "http://127.0.0.1:10000";
const folder = mkdtempSync(join(tmpdir(), "running-configuration-"));
const file = join(folder, "gateway.yaml");
after(() => rmSync(folder, { recursive: true, force: true }));

const yaml = (model: string) => `providers:
  main: { type: groq, apiTokens: [sk-canary-1] }
models: [{ model: ${model}, providers: [main] }]
`;

/** A gateway without Envoy, which takes whatever does not say "refused". */
function fakeGateway() {
  const own = {
    text: readFileSync(file, "utf8"),
    check: () => Promise.resolve([]),
    reload: (text = readFileSync(file, "utf8")) => {
      if (text.includes("refused")) return Promise.reject(new Error("no to sk-canary-1"));
      const isNew = text !== own.text;
      own.text = text;
      return Promise.resolve(isNew);
    },
  };
  return own as unknown as RunningGateway;
}

let running: RunningConfiguration;

beforeEach(() => {
  writeFileSync(file, yaml("one"));
  chmodSync(file, 0o640);
  running = new RunningConfiguration(fakeGateway(), file);
  running.state();
});

const change = (base: number, overwrite = false) => ({ base, overwrite });
const shown = (model: string) => yaml(model).replace("sk-canary-1", '"${hidden:0}"');

describe("a running configuration", () => {
  test("is shown without its secrets, written with them, and keeps the file's rights", async () => {
    assert.equal(running.state().text, shown("one"));
    const outcome = await running.apply(shown("two"), change(1));
    assert.deepEqual([outcome.status, outcome.version], [200, 2]);
    assert.equal(readFileSync(file, "utf8"), yaml("two"));
    assert.equal(statSync(file).mode & 0o777, 0o640);
    assert.equal(running.textOf(1), shown("one"));
    assert.equal(running.textOf(2), shown("two"));
  });

  test("that is refused leaves all as it was, and tells no secret", async () => {
    const outcome = await running.apply(shown("refused"), change(1));
    assert.deepEqual([outcome.status, outcome.version], [422, 1]);
    assert.equal(outcome.message, "no to …");
    assert.equal(readFileSync(file, "utf8"), yaml("one"));
  });

  test("goes back to every version", async () => {
    await running.apply(shown("two"), change(1));
    await running.apply(shown("three"), change(2));
    const outcome = await running.rollBack(1, change(3));
    assert.deepEqual([outcome.status, outcome.version], [200, 4]);
    assert.equal(readFileSync(file, "utf8"), yaml("one"));
    assert.deepEqual(
      running.state().versions.map(({ from }) => from),
      ["start", "playground", "playground", "version 1"],
    );
    assert.equal((await running.rollBack(9, change(4))).status, 409);
  });

  test("counts what comes by the file", async () => {
    writeFileSync(file, yaml("two"));
    assert.equal(running.state().isOnDisk, false);
    assert.equal((await running.reload()).version, 2);
    assert.equal(running.state().isOnDisk, true);
    assert.equal((await running.reload()).version, 2);
  });

  test("that others have changed is changed only where that is wanted", async () => {
    await running.apply(shown("two"), change(1));
    assert.equal((await running.apply(shown("three"), change(1))).status, 409);
    writeFileSync(file, yaml("refused"));
    assert.equal((await running.apply(shown("three"), change(2))).status, 409);
    assert.equal(readFileSync(file, "utf8"), yaml("refused"));
    assert.equal((await running.apply(shown("three"), change(2, true))).status, 200);
    assert.equal(readFileSync(file, "utf8"), yaml("three"));
  });

  test("takes changes one after the other", async () => {
    const both = [running.apply(shown("two"), change(1)), running.apply(shown("three"), change(1))];
    const statuses = (await Promise.all(both)).map(({ status }) => status);
    assert.deepEqual(statuses, [200, 409]);
  });
});

describe("the endpoint for changes", () => {
  let admin: Awaited<ReturnType<typeof serveAdmin>>;

  before(async () => {
    const configuration = () => running;
    admin = await serveAdmin({ port: 0, token: TOKEN, origins: () => [ORIGIN], configuration });
  });
  after(() => void admin.server.close());

  /** Asks with headers that no page can choose. */
  function ask(method: string, path: string, headers: Record<string, string>, body = "") {
    return new Promise<{ status: number; allowed: unknown; text: string }>((resolve, reject) => {
      const url = `${admin.url}${path}`;
      const sent = httpRequest(url, { method, headers, agent: false }, (own) => {
        let text = "";
        own.on("data", (piece: Buffer) => (text += piece.toString()));
        const allowed = own.headers["access-control-allow-origin"];
        own.on("end", () => resolve({ status: own.statusCode ?? 0, allowed, text }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  const authorization = `Bearer ${TOKEN}`;

  test("is on the loopback interface alone", () => {
    assert.match(admin.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((admin.server.address() as { address: string }).address, "127.0.0.1");
  });

  for (const [what, headers, status] of [
    ["no token", {}, 401],
    ["an empty token", { authorization: "Bearer " }, 401],
    ["a longer token", { authorization: `${authorization}x` }, 401],
    ["a cookie", { cookie: `token=${TOKEN}` }, 401],
    ["another origin", { authorization, origin: "https://elsewhere.example" }, 403],
    ["no origin to speak of", { authorization, origin: "null" }, 403],
    ["another name for the address", { authorization, host: "elsewhere.example" }, 403],
  ] as const) {
    test(`changes nothing for ${what}`, async () => {
      const body = JSON.stringify({ text: shown("two"), base: 1 });
      const answer = await ask("PUT", "/configuration", headers, body);
      assert.deepEqual([answer.status, answer.allowed], [status, undefined]);
      assert.doesNotMatch(answer.text, /canary|a-token/);
      assert.equal(readFileSync(file, "utf8"), yaml("one"));
    });
  }

  test("lets the playground's page ask, and no other", async () => {
    const wanted = { "access-control-request-method": "PUT" };
    const own = await ask("OPTIONS", "/configuration", { ...wanted, origin: ORIGIN });
    assert.deepEqual([own.status, own.allowed], [204, ORIGIN]);
    const stranger = { ...wanted, origin: "https://elsewhere.example" };
    assert.equal((await ask("OPTIONS", "/configuration", stranger)).status, 403);
    const read = await ask("GET", "/configuration", { authorization, origin: ORIGIN });
    assert.deepEqual([read.status, read.allowed], [200, ORIGIN]);
    assert.doesNotMatch(read.text, /canary/);
  });

  test("refuses what it cannot read", async () => {
    for (const body of ["", "[", "3", "null", '{"text":1,"base":1}', '{"text":"a"}']) {
      const answer = await ask("PUT", "/configuration", { authorization }, body);
      assert.equal(answer.status, 400, `${body}: ${answer.text}`);
    }
    const large = await ask("POST", "/validate", { authorization }, " ".repeat(5 * 1024 * 1024));
    assert.equal(large.status, 413);
    assert.equal((await ask("GET", "/versions/99", { authorization })).status, 404);
    assert.equal((await ask("DELETE", "/configuration", { authorization })).status, 404);
  });

  test("takes changes up, and goes back", async () => {
    const text = shown("two");
    const put = JSON.stringify({ text, base: 1 });
    assert.equal((await ask("PUT", "/configuration", { authorization }, put)).status, 200);
    assert.equal((await ask("PUT", "/configuration", { authorization }, put)).status, 409);
    const old = await ask("GET", "/versions/1", { authorization });
    assert.deepEqual(JSON.parse(old.text), { text: shown("one") });
    const back = JSON.stringify({ version: 1, base: 2 });
    assert.equal((await ask("POST", "/rollback", { authorization }, back)).status, 200);
    assert.equal(readFileSync(file, "utf8"), yaml("one"));
  });
});
