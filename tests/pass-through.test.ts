// Images, sound, files, batches, fine-tuning and videos of every provider: bodies and answers pass byte for byte, paths are
// the provider's with the client's parameters in them, models are mapped in JSON and in forms; on both hosts.
import assert from "node:assert/strict";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import type { HeaderPairs } from "../host/header-map.ts";
import { run, type UpstreamRequest, type UpstreamResponse } from "../host/run.ts";
import type { Vm } from "../host/vm.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN, startEnvoy, type TestEnvoy } from "./support/envoy.ts";
import { type Group, GROUPS, type Row, SERVED, servedBy } from "./support/pass-through-table.ts";
import { providerTypes } from "./support/provider-samples.ts";

const BOUNDARY = "----form-Boundary.7";
const SOUND = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const MAPPED = "m";
const JSON_ANSWER = '{ "object" : "x",\n "id": "y", "n": 1.0, "text": "\\u00e9" }';

interface Asked {
  headers: HeaderPairs;
  body: Buffer | null;
}

/** The bytes of a request, which names this model where it names any. */
function bytesOf({ body, hasModel }: Row, model: string): Buffer | null {
  if (body === "none") return null;
  if (body === "json") {
    const named = hasModel ? `"model": "${model}", ` : "";
    return Buffer.from(`{${named}"prompt":  "a\\u00e9", "n": 1.0}`);
  }
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data;`;
  const file = `${head} name="file"; filename="a.wav"\r\ncontent-type: audio/wav\r\n\r\n`;
  const field = hasModel ? `${head} name="model"\r\n\r\n${model}\r\n` : "";
  const end = `\r\n${field}--${BOUNDARY}--\r\n`;
  return Buffer.concat([Buffer.from(file), SOUND, Buffer.from(end)]);
}

/** What the provider gets of it. */
function expectedOf(type: string, row: Row): string {
  const text = (bytesOf(row, MAPPED) ?? Buffer.alloc(0)).toString("latin1");
  return row.path === "/images/generations"
    ? text.replace("{", `{${servedBy(type).added ?? ""}`)
    : text;
}

function askOf(row: Row, model: string): Asked {
  const type =
    row.body === "form" ? `multipart/form-data; boundary="${BOUNDARY}"` : "application/json";
  const headers: HeaderPairs = row.body === "none" ? [] : [["content-type", type]];
  return { headers, body: bytesOf(row, model) };
}

function answerTo(row: Row): { type: string; body: Buffer } {
  if (row.isBinary) return { type: "application/octet-stream", body: SOUND };
  return { type: "application/json", body: Buffer.from(JSON_ANSWER) };
}

function configOf(type: string, more: object = {}): object {
  return { provider: { type, apiTokens: ["key-configured"], ...servedBy(type).config, ...more } };
}

function rowsOf(type: string): [Group, Row][] {
  return servedBy(type).groups.flatMap((group) =>
    GROUPS[group].map((row) => [group, row] as [Group, Row]),
  );
}

const TYPES = providerTypes();

describe("on the host in this process", () => {
  let vm: Vm;

  before(async () => {
    vm = await (await WasmHost.load(PLUGIN)).vm();
  });

  function ask(config: object, row: Row, model: string) {
    const root = vm.configure(config);
    assert.ok(root.ok, root.logs.map(({ text }) => text).join());
    const { headers, body } = askOf(row, model);
    const answer = answerTo(row);
    const path = `/v1${row.path}`;
    const request = { method: row.method, path, headers, ...(body === null ? {} : { body }) };
    const response: UpstreamResponse = {
      headers: [
        ["content-type", answer.type],
        ["content-disposition", "attachment"],
      ],
      body: answer.body,
    };
    const result = run(root, { request, upstream: () => response });
    root.delete();
    return result;
  }

  function checkRequest(type: string, row: Row, request: UpstreamRequest | null) {
    const where = `${type}: ${row.method} ${row.path}`;
    assert.ok(request !== null, `${where} was not sent`);
    assert.equal(request.method, row.method, where);
    assert.equal(request.path, servedBy(type).path(row.path), where);
    const body = Buffer.from(request.body).toString("latin1");
    assert.equal(body, expectedOf(type, row), where);
    const length = request.headers.find(([name]) => name === "content-length")?.[1];
    if (row.body !== "none") assert.equal(length, String(body.length), where);
  }

  for (const type of TYPES) {
    test(type, () => {
      const { groups, translates = [] } = servedBy(type);
      for (const [group, rows] of Object.entries(GROUPS) as [Group, readonly Row[]][]) {
        if (translates.includes(group)) continue;
        for (const row of rows) {
          const { upstreamRequest, response } = ask(configOf(type), row, MAPPED);
          if (!groups.includes(group)) {
            assert.equal(upstreamRequest, null, `${type} has ${row.method} ${row.path}`);
            assert.equal(response.status, 404, `${type}: ${row.path}`);
            continue;
          }
          checkRequest(type, row, upstreamRequest);
          const { type: answerType, body } = answerTo(row);
          assert.equal(response.status, 200, row.path);
          assert.deepEqual(Buffer.from(response.body), body, `${type}: ${row.path}`);
          for (const [name, value] of [
            ["content-type", answerType],
            ["content-disposition", "attachment"],
          ]) {
            assert.equal(response.headers.find(([own]) => own === name)?.[1], value, row.path);
          }
        }
      }
    });
  }

  test("models are mapped in JSON and in forms", () => {
    const modelMapping = { alias: MAPPED };
    for (const type of Object.keys(SERVED)) {
      for (const [, row] of rowsOf(type).filter(([, { hasModel }]) => hasModel)) {
        const { upstreamRequest } = ask(configOf(type, { modelMapping }), row, "alias");
        checkRequest(type, row, upstreamRequest);
      }
    }
  });

  test("parameters stay in their place", () => {
    const pathOf = (path: string) => {
      const row: Row = { method: "GET", path, body: "none", hasModel: false, isBinary: false };
      return ask(configOf("groq"), row, "").upstreamRequest?.path;
    };
    assert.equal(pathOf("/files/%2e%2E"), undefined);
    assert.equal(pathOf("/files/../content"), undefined);
    assert.equal(pathOf("/batches/a%2Fb"), "/openai/v1/batches/a%2Fb");
    assert.equal(pathOf("/batches/a{b}"), "/openai/v1/batches/a%7Bb%7D");
  });
});

describe("in Envoy", () => {
  const types = Object.keys(SERVED).filter((type) => servedBy(type).groups.length > 0);
  let server: Server;
  let envoy: TestEnvoy;
  let seen: { method: string; path: string; body: string } | null = null;
  let answer: { type: string; body: Buffer } = { type: "", body: Buffer.alloc(0) };

  before(async () => {
    server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const { method = "", url: path = "" } = request;
        seen = { method, path, body: Buffer.concat(pieces).toString("latin1") };
        response.setHeader("content-type", answer.type);
        response.end(answer.body);
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const upstreamPort = (server.address() as AddressInfo).port;
    const modelMapping = { alias: MAPPED };
    envoy = await startEnvoy({
      listeners: types.map((type) => ({ config: configOf(type, { modelMapping }), upstreamPort })),
    });
  });

  after(async () => {
    await envoy?.stop();
    server.close();
    server.closeAllConnections();
  });

  function send(port: number, row: Row, { headers, body }: Asked): Promise<[number, Buffer]> {
    return new Promise((resolve, reject) => {
      const all = Object.fromEntries(headers);
      if (body !== null) all["content-length"] = String(body.length);
      const path = `/v1${row.path}`;
      const request = httpRequest({ port, method: row.method, path, headers: all }, (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("end", () => resolve([response.statusCode ?? 0, Buffer.concat(pieces)]));
      });
      request.on("error", reject);
      request.end(body ?? undefined);
    });
  }

  for (const [at, type] of types.entries()) {
    test(type, async () => {
      for (const [, row] of rowsOf(type)) {
        const where = `${type}: ${row.method} ${row.path}`;
        answer = answerTo(row);
        seen = null;
        const [status, body] = await send(envoy.ports[at] ?? 0, row, askOf(row, "alias"));
        assert.equal(status, 200, `${where}: ${body.toString()}`);
        assert.deepEqual(body, answer.body, where);
        const path = servedBy(type).path(row.path);
        assert.deepEqual(seen, { method: row.method, path, body: expectedOf(type, row) });
      }
    });
  }
});
