// Names that clients choose, in the paths and headers that providers get: no model, deployment or id leads to another
// place, ends a path or begins a header. Over every type of provider.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run, type RunResult } from "../host/run.ts";
import type { RootContext } from "../host/root-context.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { loadSeeds, requestJson, type Seed } from "./fuzz/seeds.ts";
import { PLUGIN } from "./support/envoy.ts";
import { providerTypes } from "./support/provider-samples.ts";

const PLAIN = "plain-1";
/** Models and deployments, as a JSON body says them. */
const NAMES = [
  ...["..", ".", "../../x", "a/../../b", "%2e%2e", "%2E%2e%2fx", "..%2f..%2fx", "a?b=c", "a#b"],
  ...[
    "a\\..\\b",
    "a b",
    "a\r\nx-evil: 1",
    "a\0b",
    "a%0d%0ab",
    "a%00b",
    "/etc",
    "a//b",
    "é",
    "100%",
  ],
  ...["%", "a;b=c", "a&b=c", "http://evil.test/x", "@evil.test", "projects/../../x"],
  ...["publishers/google/models/../../x", "\ud800", "a\u2028b"],
];
/** Ids, as they stand in a client's path. A fragment is refused by Envoy, before any filter. */
const IDS = [
  ...["..", ".", "%2e%2e", "%2E.", "..%2f..%2fx", "%2fx", "a%3fb%3dc", "a%23b", "a%5c..%5cb"],
  ...["a%0d%0ax-evil:%201", "a%00b", "a\\b", "a%", "a%zz", "%252e%252e", "a;b=c", "%c3%a9"],
];
const ENDPOINTS: [method: string, before: string, after: string][] = [
  ["GET", "/v1/files/", ""],
  ["GET", "/v1/files/", "/content"],
  ["POST", "/v1/batches/", "/cancel"],
  ["GET", "/v1/responses/", "/input_items"],
  ["GET", "/v1/models/", ""],
  ["GET", "/v1/videos/", "/content"],
  ["GET", "/v1/fine_tuning/jobs/", "/events"],
  ["GET", "/api/v1/tasks/", ""],
  ["POST", "/v1beta/models/", ":generateContent"],
];

const vm = await (await WasmHost.load(PLUGIN)).vm();
const seeds = loadSeeds().filter(({ isOriginal, type }) => !isOriginal && type !== "");
assert.deepEqual([...new Set(seeds.map(({ type }) => type))].sort(), [...providerTypes()].sort());

/** What is wrong with a path that was `plain` for a harmless name; a refusal is fine. */
function pathFault({ upstreamRequest, response }: RunResult, plain: string): string {
  if (upstreamRequest === null) {
    return response.status >= 400 && response.status < 500 ? "" : `status ${response.status}`;
  }
  const { path } = upstreamRequest;
  // What a server makes of it that resolves and decodes paths as browsers do.
  if (!/^[\x21-\x7e]+$/.test(path) || /[\\#]/.test(path)) return `the path ${path}`;
  const read = new URL(path, "http://provider.test");
  if (read.host !== "provider.test") return `another host: ${path}`;
  if (read.pathname + read.search !== path) return `${path} is read as ${read.pathname}`;
  const [before = "", after = ""] = plain.split(PLAIN);
  if (!path.startsWith(before) || !path.endsWith(after)) return `${path} in place of ${plain}`;
  const name = path.slice(before.length, path.length - after.length);
  return /[?]/.test(name) && !before.includes("?") ? `a query in ${path}` : "";
}

/** Google's names of resources have slashes, and stand below the version. */
function place(name: string, type: string, plain: string): string {
  if (!/\/|%2f/i.test(name) || !["gemini", "vertex"].includes(type)) return plain;
  return plain.replace(/^(\/[\w.]+\/).*plain-1/, `$1${PLAIN}`);
}

function ask(root: RootContext, seed: Seed, model: string): RunResult {
  const {
    method = "POST",
    path = "/v1/chat/completions",
    headers = {},
  } = seed.fixture.content.request ?? {};
  const body = Buffer.from(JSON.stringify({ ...requestJson(seed.fixture), model }));
  return run(root, {
    request: { method, path, headers: Object.entries(headers), body },
    answer: ({ cluster }) => {
      const call = seed.fixture.content.calls?.find((own) => own.cluster === cluster)?.response;
      const said = typeof call?.body === "string" ? call.body : JSON.stringify(call?.body ?? "");
      return { status: call?.status ?? 200, body: said };
    },
  });
}

/** Fixtures whose request names a model, one for each path that a type's requests go to. */
function differentPaths(): [Seed, string][] {
  const found = new Map<string, [Seed, string]>();
  for (const seed of seeds) {
    const json = requestJson(seed.fixture);
    if (
      typeof json?.["model"] !== "string" ||
      "modelMapping" in (seed.config["provider"] as object)
    )
      continue;
    const root = vm.configure(seed.config);
    const path = root.ok ? ask(root, seed, PLAIN).upstreamRequest?.path : undefined;
    root.delete();
    if (path === undefined) continue;
    const key = `${seed.type} ${path}`;
    if (!found.has(key)) found.set(key, [seed, path]);
  }
  return [...found.values()];
}

const paths = differentPaths();

test("there are models in paths, and without", () => {
  const inPath = new Set(
    paths.filter(([, path]) => path.includes(PLAIN)).map(([{ type }]) => type),
  );
  for (const type of ["azure", "bedrock", "cloudflare", "gemini", "triton", "vertex"]) {
    assert.ok(inPath.has(type), type);
  }
  const asked = new Set(paths.map(([{ type }]) => type));
  assert.deepEqual(
    providerTypes().filter((type) => !asked.has(type)),
    [],
  );
});

describe("models of clients", () => {
  for (const [seed, plain] of paths) {
    test(`${seed.fixture.name}: ${plain}`, () => {
      const root = vm.configure(seed.config);
      for (const name of NAMES) {
        const fault = pathFault(ask(root, seed, name), place(name, seed.type, plain));
        assert.equal(fault, "", `the model ${JSON.stringify(name)}`);
      }
      root.delete();
    });
  }
});

describe("ids in paths of clients", () => {
  const types = new Map(seeds.map((seed) => [`${seed.type} ${JSON.stringify(seed.config)}`, seed]));
  for (const [method, before, after] of ENDPOINTS) {
    test(`${method} ${before}…${after}`, () => {
      let served = 0;
      for (const { config, fixture, type } of types.values()) {
        const root = vm.configure(config);
        if (!root.ok) continue;
        const get = (id: string): RunResult =>
          run(root, {
            request: {
              method,
              path: before + id + after,
              headers: [["authorization", "Bearer client-key-0001"]],
              ...(method === "POST" ? { body: Buffer.from('{"contents":[]}') } : {}),
            },
            answer: () => null,
          });
        const plain = get(PLAIN).upstreamRequest?.path;
        if (plain?.includes(PLAIN) === true) {
          ++served;
          for (const id of IDS) {
            assert.equal(pathFault(get(id), place(id, type, plain)), "", `${fixture.name}: ${id}`);
          }
        }
        root.delete();
      }
      assert.ok(served > 0, "nobody serves it");
    });
  }
});

const EVIL = "a\r\nx-evil: 1";
/** Texts of a configuration that get into headers: what holds a line break is refused. */
const CONFIGURATIONS: [string, unknown][] = [
  ["a token", { provider: { type: "groq", apiTokens: [EVIL] } }],
  ["a token of the environment", { provider: { type: "groq", apiTokens: ["${EVIL}"] } }],
  ["a token's part", { provider: { type: "groq", apiTokens: ["sk-${EVIL}"] } }],
  ["a NUL in a token", { provider: { type: "groq", apiTokens: ["a\0b"] } }],
  ["an access key", { provider: { type: "bedrock", awsRegion: "us-east-1", awsAccessKey: EVIL } }],
  ["a region", { provider: { type: "bedrock", apiTokens: ["a"], awsRegion: EVIL } }],
  ["a host", { provider: { type: "generic", genericHost: EVIL } }],
  ["a domain", { provider: { type: "groq", apiTokens: ["a"], providerDomain: EVIL } }],
  ["a base path", { provider: { type: "groq", apiTokens: ["a"], providerBasePath: `/${EVIL}` } }],
  ["a header's name", { provider: { type: "openai", apiTokens: ["a"], authHeaderKey: EVIL } }],
  ["a consumer", gateway({ consumers: [{ name: EVIL, keys: ["k"] }] })],
  ["a rule's name", gateway({ models: [{ name: EVIL, model: "m", providers: ["a"] }] })],
  ["a provider's id", gateway({ models: [{ model: "m", providers: [EVIL] }] })],
  [
    "a provider's model",
    gateway({ models: [{ model: "m", providers: [{ id: "a", model: EVIL }] }] }),
  ],
];

function gateway(members: object): object {
  return { models: [{ model: "m", providers: ["a"] }], ...members };
}

describe("line breaks in configurations", () => {
  for (const [name, config] of CONFIGURATIONS) {
    test(name, async () => {
      const evil = await (await WasmHost.load(PLUGIN)).vm({ env: { EVIL } });
      const root = evil.configure(config);
      assert.equal(root.ok, false);
      assert.doesNotMatch(root.logs.map(({ text }) => text).join("|"), /\r|\n/);
    });
  }
  test("and none is refused without", async () => {
    const config = gateway({ consumers: [{ name: "a", keys: ["k"] }] });
    assert.ok(vm.configure(config).ok);
  });
});

describe("line breaks that a provider or a client says", () => {
  test("a model, at a gateway that names it in a header", () => {
    const root = vm.configure({ models: [{ providers: ["a"] }] });
    for (const name of [...NAMES, PLAIN]) {
      const body = Buffer.from(JSON.stringify({ model: name, messages: [] }));
      const { upstreamRequest, response } = run(root, {
        request: { path: "/v1/chat/completions", body },
      });
      const isFine = !/[\0\r\n]/.test(name);
      assert.equal(upstreamRequest !== null, isFine, JSON.stringify(name));
      if (!isFine) assert.equal(response.status, 404);
    }
    root.delete();
  });

  test("a conversation's id in an answer", () => {
    for (const type of ["dify", "coze"]) {
      const seed = seeds.find(
        (own) => own.type === type && own.fixture.upstreamResponse?.name.endsWith(".json") === true,
      );
      if (seed === undefined) continue;
      const root = vm.configure(seed.config);
      const answer = { event: "message", conversation_id: EVIL, message_id: "m", answer: "Hi" };
      const { response } = run(root, {
        request: {
          path: "/v1/chat/completions",
          body: Buffer.from(seed.fixture.request?.bytes ?? ""),
        },
        upstream: () => ({
          headers: [["content-type", "application/json"]],
          body: Buffer.from(JSON.stringify(answer)),
        }),
      });
      assert.doesNotMatch(JSON.stringify(response.headers), /\\r|\\n/);
      root.delete();
    }
  });
});
