// `protocol: original` of every provider: path, query and bodies pass untouched in both directions; host and credentials
// are the provider's, and custom settings apply.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text, type Fixture } from "./fixture-runner/fixture.ts";
import type { HeaderPairs } from "../host/header-map.ts";
import type { RunResult, UpstreamResponse } from "../host/run.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";
import { providerSamples, runWith } from "./support/provider-samples.ts";

const PATH = "/own/api:act/v9/chat/completions?a=b&c=%2F";
const BODY =
  '{ "model": "m",\n  "own": [1.0, 1e2, "\\u00e9"], "messages": "none", "stream": true } ';
const NO_FILE = { name: "", bytes: Buffer.from("{}") };
const CLIENT_KEY = "key-of-the-client-0001";
const CREDENTIALS = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];
const ANSWERS: readonly UpstreamResponse[] = [
  {
    headers: [["content-type", "application/json"]],
    body: Buffer.from('{"error":{"message":"own"}, "x":1.0}'),
  },
  { headers: [["content-type", "text/event-stream"]], body: Buffer.from("event: own\ndata: {\n") },
  {
    status: 429,
    headers: [
      ["content-type", "text/html"],
      ["retry-after", "3"],
    ],
    body: Buffer.from("<html>"),
  },
  { status: 204 },
];

/** The configuration of a sample, with clients that speak the provider's own protocol. */
function originalConfig({ content }: Fixture, more: object = {}): object {
  const { provider } = content.config as { provider: object };
  return { provider: { ...provider, protocol: "original", ...more } };
}

async function ask(fixture: Fixture, config: object, answer: UpstreamResponse): Promise<RunResult> {
  const vm = await (await WasmHost.load(PLUGIN)).vm();
  const root = vm.configure(config);
  assert.ok(root.ok, "the configuration is refused");
  const own = fixture.content.request?.headers ?? {};
  const keys: HeaderPairs = CREDENTIALS.map((name) => [name, own[name] ?? CLIENT_KEY]);
  const headers: HeaderPairs = [["content-type", "application/json"], ...keys];
  return runWith(root, fixture, answer, {
    request: { path: PATH, headers, body: Buffer.from(BODY) },
  });
}

/** The request that the provider gets in the sample. */
function expectedOf(fixture: Fixture): { host: string; headers: Record<string, string | null> } {
  const { host, headers } = JSON.parse(text(fixture.upstreamRequest ?? NO_FILE)) as {
    host: string;
    headers?: Record<string, string | null>;
  };
  return { host, headers: headers ?? {} };
}

function headersOf(pairs: HeaderPairs, name: string): string[] {
  return pairs.filter(([own]) => own === name).map(([, value]) => value);
}

for (const { type, chat } of providerSamples()) {
  describe(type, { skip: chat === null && "it has no chat" }, () => {
    if (chat === null) return;
    const ownsKey = "apiTokens" in (chat.content.config as { provider: object }).provider;

    test("requests pass with the provider's host and credentials", async () => {
      const { upstreamRequest } = await ask(chat, originalConfig(chat), ANSWERS[0] ?? {});
      assert.ok(upstreamRequest !== null, "nothing was sent");
      const { host, headers } = expectedOf(chat);
      assert.equal(upstreamRequest.host, host);
      // Some take the key in the query.
      assert.ok(upstreamRequest.path.startsWith(PATH), upstreamRequest.path);
      assert.equal(Buffer.from(upstreamRequest.body).toString(), BODY);
      for (const name of CREDENTIALS) {
        const values = headersOf(upstreamRequest.headers, name);
        const wanted = headers[name];
        if (typeof wanted === "string" && wanted !== "$any") {
          // A signature is over the body, which is another one here.
          if (/^(Bearer |sk-)/.test(wanted)) assert.deepEqual(values, [wanted]);
          else assert.equal(values.length, 1);
        }
        if (ownsKey) assert.ok(!values.some((own) => own.includes(CLIENT_KEY)), name);
      }
    });

    test("answers pass", async () => {
      for (const answer of ANSWERS) {
        const { response } = await ask(chat, originalConfig(chat), answer);
        assert.equal(response.status, answer.status ?? 200);
        assert.deepEqual(Buffer.from(response.body), Buffer.from(answer.body ?? []));
        for (const [name, value] of answer.headers ?? []) {
          assert.deepEqual(headersOf(response.headers, name), [value]);
        }
      }
    });

    test("custom settings apply", async () => {
      const customSettings = [{ name: "extra", value: 12321, mode: "raw" }];
      const config = originalConfig(chat, { customSettings });
      const { upstreamRequest } = await ask(chat, config, ANSWERS[0] ?? {});
      const body = Buffer.from(upstreamRequest?.body ?? []).toString();
      assert.match(body, /"extra":12321/);
      const { own, model } = JSON.parse(body) as { own: unknown; model: unknown };
      assert.deepEqual([own, model], [[1, 100, "é"], "m"]);
    });

    test("a base path comes before the client's", async () => {
      const config = originalConfig(chat, { providerBasePath: "/base" });
      const { upstreamRequest } = await ask(chat, config, ANSWERS[0] ?? {});
      assert.ok(upstreamRequest?.path.startsWith(`/base${PATH}`), upstreamRequest?.path);
    });
  });
}
