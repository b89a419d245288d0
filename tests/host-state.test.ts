// The host itself: calls, configurations, state, and a module that misbehaves.
import assert from "node:assert/strict";
import { generateKeyPairSync, verify } from "node:crypto";
import { describe, test } from "node:test";
import { callForeignFunction } from "../host/foreign-functions.ts";
import { offeredImports } from "../host/host-imports.ts";
import { bodyText, probe, probeVm, said, startExchange } from "./probe/probe-vm.ts";
import { SharedStore } from "../host/shared-store.ts";
import { GuestTrap, HostViolation } from "../host/vm.ts";
import { signWithNode } from "../host/wasm-host.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

describe("calls", () => {
  const script = `request_headers=ret:1,del:content-length,call:auth;request_body=ret:1;`;

  test("an answer continues the request", async () => {
    const { go } = await probe();
    const result = go(`${script}call_response=set:new,replacerq:x-token:t,resume:0`, {
      answer: ({ cluster, body: asked }) => ({ body: `${cluster} ${decoder.decode(asked)}` }),
    });
    assert.ok(said(result).includes("call_response answered auth ask"));
    assert.equal(bodyText(result), "got new");
    assert.ok(result.upstreamRequest?.headers.some(([name]) => name === "x-token"));
  });

  test("a failed one can be answered with a local reply", async () => {
    const { go } = await probe();
    const result = go(`${script}call_response=reply:503:no`, { answer: () => null });
    assert.ok(said(result).includes("call_response failed"));
    assert.equal(result.response.status, 503);
  });

  test("an answer after everything was held brings the body to the filter", async () => {
    const { go } = await probe();
    const held = "request_headers=ret:4,del:content-length,call:auth;request_body=log,set:new;";
    const result = go(`${held}call_response=resume:0`, { answer: () => ({}) });
    assert.ok(said(result).includes("body 0 hello"));
    assert.equal(bodyText(result), "got new");
  });

  test("an answer to a stream that is gone", async () => {
    const { vm } = await probe();
    const root = vm.configure("two");
    const exchange = root.exchange();
    startExchange(exchange, "request_headers=ret:1,call:auth");
    exchange.disconnect();
    root.calls[0]?.respond({});
    assert.equal(vm.logs.at(-1)?.text, "the caller is gone");
  });

  test("an unknown cluster is refused", async () => {
    const { go } = await probe({ clusters: ["other"] });
    assert.ok(said(go("request_headers=call:auth")).includes("call 2"));
  });

  test("continuing inside of the stream's own callback is a violation", async () => {
    const { go } = await probe();
    assert.throws(() => go("request_headers=ret:1,resume:0"), HostViolation);
  });
});

describe("configurations", () => {
  test("many live in one VM, and old streams keep theirs", async () => {
    const vm = await probeVm();
    const old = vm.configure("old");
    const running = old.exchange();
    startExchange(running, "");
    const fresh = vm.configure("new");
    const second = fresh.exchange();
    startExchange(second, "", true);
    running.requestBody(encoder.encode("x"), true);
    assert.ok(running.logs.some((line) => line.text === "request_headers 0 old"));
    assert.ok(second.logs.some((line) => line.text === "request_headers 1 new"));
    running.disconnect();
    old.delete();
    assert.ok(old.logs.some((line) => line.text === "delete"));
  });

  test("one that is refused is not ok", async () => {
    const root = (await probeVm()).configure({ refuse: true });
    assert.equal(root.ok, false);
    assert.deepEqual(
      root.logs.map((line) => line.text),
      ["create 0", "start", 'configure {"refuse":true}'],
    );
  });

  test("ticks are asked for and given", async () => {
    const root = (await probeVm()).configure("tick");
    root.tick();
    assert.deepEqual([root.tickPeriod, root.logs.at(-1)?.text], [250, "tick"]);
  });
});

describe("state", () => {
  test("clock, random numbers and environment are the same in every run", async () => {
    const options = { env: { A: "1", B: "2" }, clock: 1000, seed: 7 };
    const one = said((await probe(options)).go("request_headers=system"))[2] ?? "";
    const two = said((await probe(options)).go("request_headers=system"))[2] ?? "";
    assert.match(one, /^system \d+ 1000 A=1 B=2 $/);
    assert.equal(one, two);
  });

  test("shared values have compare and swap, and may be shared by VMs", async () => {
    const shared = new SharedStore();
    const { go } = await probe({ shared });
    const first = said(go("request_headers=shared:k,share:k:v,shared:k,share:k:w:99"));
    assert.deepEqual(first.slice(2, 6), ["shared 1", "share 0", "shared 0 v", "share 8"]);
    const other = await probe({ shared });
    assert.ok(said(other.go("request_headers=shared:k")).includes("shared 0 v"));
  });

  test("metrics are counted by name", async () => {
    const { go, vm } = await probe();
    go("request_headers=count:c:2,count:c:3,record:h:5,record:h:6");
    assert.equal(vm.metrics.value("c"), 5);
    assert.deepEqual(vm.metrics.recorded("h"), [5, 6]);
    assert.ok(said(go("request_headers=count:c:0")).includes("count 2"));
  });

  test("properties: the stream's own, given ones, and filter state", async () => {
    const { go } = await probe({ vmId: "v" });
    const script = "prop:request/path,prop:xds/cluster_name,prop:plugin_vm_id,prop:nope";
    const properties = { xds: { cluster_name: "anthropic" } };
    const filterState = new Map<string, Uint8Array>();
    const steps = `request_headers=${script},setprop:mine:x,prop:mine`;
    const result = go(steps, { properties, filterState });
    assert.deepEqual(said(result).slice(2, 8), [
      "request/path 0 /",
      "xds/cluster_name 0 anthropic",
      "plugin_vm_id 0 v",
      "nope 1",
      "setprop 0",
      "mine 0 x",
    ]);
    assert.ok(said(go("request_headers=prop:mine", { filterState })).includes("mine 0 x"));
  });

  test("foreign functions", async () => {
    const { go } = await probe();
    const result = go("request_headers=foreign:clear_route_cache,foreign:compress");
    assert.deepEqual(said(result).slice(2, 4), ["foreign 0", "foreign 1"]);
  });

  test("the foreign function sign", async () => {
    const vm = await probeVm();
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const text = encoder.encode("to be signed");
    const argument = [field(1, "sha256"), field(3, text), field(4, pem)].flatMap((own) => [...own]);
    const answer = callForeignFunction(vm, "sign", Uint8Array.from(argument));
    assert.ok(answer instanceof Uint8Array);
    assert.deepEqual([...answer.subarray(0, 5)], [8, 1, 18, 128, 2]);
    assert.ok(verify("sha256", text, publicKey, answer.subarray(5)));
    assert.equal(signWithNode({ hash: "sha256", key: "not a key", text }), null);
  });
});

describe("a module that misbehaves", () => {
  test("a trap names the callback", async () => {
    const { go, vm } = await probe();
    assert.throws(() => go("request_body=trap"), { message: /^proxy_on_request_body trapped/ });
    assert.throws(() => go(""), GuestTrap);
    assert.ok(vm.failed);
  });

  test("violations can be recorded instead of thrown", async () => {
    const { go, vm } = await probe({ strict: false });
    go("request_body=replace:a:b", { requestArrival: {} });
    const change = "a of the request headers is changed after they went on";
    assert.deepEqual(vm.violations, [`proxy_on_request_body: ${change}`]);
  });

  test("what Envoy does not have cannot be imported", () => {
    const env = offeredImports()["env"];
    assert.ok(env?.has("proxy_http_call"));
    assert.ok(!env?.has("proxy_clear_route_cache"));
  });
});

function field(number: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === "string" ? encoder.encode(value) : value;
  const length =
    bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Uint8Array.of((number << 3) | 2, ...length, ...bytes);
}
