// Failover and retries on a host in this process: every cut, several workers, the clock in hand, and memory.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HttpCall } from "../host/http-call.ts";
import type { RootContext } from "../host/root-context.ts";
import { run, type UpstreamResponse } from "../host/run.ts";
import { SharedStore } from "../host/shared-store.ts";
import type { Vm } from "../host/vm.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";
import {
  encoder,
  JSON_TYPE,
  CLUSTER,
  RETRY,
  HELLO,
  CountingStore,
  vm,
  configure,
  json,
  REFUSED,
  input,
  textOf,
  headerOf,
  tokenOf,
} from "./support/token-host.ts";
import { COMPLETION, event, startOf } from "./support/watched-gateway.ts";

describe("without failover and retries", () => {
  test("the host is asked nothing for their sake", async () => {
    const shared = new CountingStore();
    const root = configure(await vm(shared), {});
    assert.equal(run(root, input()).response.status, 401);
    assert.equal(shared.uses, 0);
    assert.equal(root.tickPeriod, 0);
    assert.equal(configure(root.vm, { retryOnFailure: RETRY }).tickPeriod, 0);
    const failover = { enabled: true, cooldownDuration: 5 };
    assert.equal(configure(root.vm, { failover }).tickPeriod, 0);
    assert.equal(shared.uses, 0);
  });
});

describe("a retry", () => {
  /** Answers the one call, which must be the first request with the other token. */
  function again(answer: object, seen: HttpCall[] = []): (call: HttpCall) => object {
    return (call) => {
      seen.push(call);
      assert.equal(call.cluster, "providers");
      assert.equal(call.timeout, 60_000);
      assert.equal(call.header(":path"), "/openai/v1/chat/completions");
      assert.equal(call.header("content-type"), "application/json");
      return answer;
    };
  }

  const body = REFUSED.body ?? new Uint8Array(0);
  const cuts = Array.from({ length: body.length }, (_, i) => [i]);

  test("takes the place of the answer, wherever that is cut", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    for (const own of cuts) {
      for (const endAlone of [false, true]) {
        const answer = again({ headers: JSON_TYPE, body: JSON.stringify(COMPLETION) });
        const responseArrival = { cuts: own, endAlone };
        const result = run(root, input({}, { answer, responseArrival }));
        assert.equal(result.response.status, 200);
        assert.deepEqual(JSON.parse(textOf(result)), COMPLETION);
      }
    }
    assert.equal(root.vm.contexts.size, 1);
  });

  test("sends the same body with the other token", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY, modelMapping: { m: "mapped" } });
    const seen: HttpCall[] = [];
    const answer = again({ headers: JSON_TYPE, body: JSON.stringify(COMPLETION) }, seen);
    const result = run(root, input({ seed: 1 }, { answer }));
    const first = result.upstreamRequest;
    assert.deepEqual(Buffer.from(seen[0]?.body ?? []), Buffer.from(first?.body ?? []));
    assert.match(Buffer.from(seen[0]?.body ?? []).toString(), /"mapped"/);
    const tokens = [new Map(first?.headers).get("authorization"), seen[0]?.header("authorization")];
    assert.deepEqual(tokens.sort(), ["Bearer sk-bad", "Bearer sk-good"]);
  });

  test("of a stream", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    const type: [string, string][] = [["content-type", "text/event-stream"]];
    const answer = again({ headers: type, body: HELLO });
    const result = run(root, input({ stream: true }, { answer }));
    assert.equal(textOf(result), HELLO);
    assert.equal(headerOf(result, "content-type"), "text/event-stream");
  });

  test("of a stream that is cut off itself is an error and no half answer", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    const type: [string, string][] = [["content-type", "text/event-stream"]];
    const answer = again({ headers: type, body: event(startOf("Hel")) });
    const result = run(root, input({ stream: true }, { answer }));
    assert.equal(result.response.status, 502);
    assert.match(textOf(result), /stream_incomplete/);
    assert.equal(headerOf(result, "content-type"), "application/json");
  });

  test("that fails tells its own error, or where it has no answer the one before", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    const last = { status: 500, headers: JSON_TYPE, body: '{"error":{"message":"Last."}}' };
    const failed = run(root, input({}, { answer: again(last) }));
    assert.equal(failed.response.status, 500);
    assert.match(textOf(failed), /"Last."/);
    for (const upstream of [REFUSED, { status: 401 }]) {
      for (const answer of [() => null, () => ({ status: 504, body: "timeout" })]) {
        const lost = run(root, input({}, { answer, upstream: () => upstream }));
        assert.equal(lost.response.status, 401);
        assert.equal(headerOf(lost, "content-type"), "application/json");
        assert.match(textOf(lost), /"error"/);
      }
    }
  });

  test("is not made for replies of Envoy's own, uploads, or where no token is left", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    const properties = { ...CLUSTER, response: { code_details: "upstream_reset" } };
    assert.equal(run(root, { ...input(), properties }).response.status, 401);
    const request = {
      path: "/v1/audio/transcriptions",
      headers: [["content-type", "multipart/form-data"]] as [string, string][],
      body: encoder.encode("x"),
    };
    const openai = configure(root.vm, { retryOnFailure: RETRY }, "openai");
    assert.equal(run(openai, { ...input(), request }).response.status, 401);
    const single = configure(root.vm, { retryOnFailure: RETRY, apiTokens: ["sk-only"] });
    assert.equal(run(single, input()).response.status, 401);
  });

  test("keeps no memory, and none where clients leave", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    const content = "x".repeat(200_000);
    const messages = [{ role: "user", content }];
    let pages = 0;
    for (let i = 0; i < 3000; ++i) {
      const large = i % 10 === 0 ? { messages } : {};
      const answer = again({ headers: JSON_TYPE, body: JSON.stringify(COMPLETION) });
      run(root, input(large, { answer }));
      const { request } = input(large);
      const gone = root.exchange({ properties: CLUSTER });
      const names = { ":authority": "a", ":path": request.path, ":method": "POST" };
      gone.requestHeaders(Object.entries(names), false);
      gone.requestBody(request.body ?? new Uint8Array(0), true);
      gone.responseHeaders([[":status", "401"], ...JSON_TYPE], false);
      gone.responseBody(body, true);
      gone.disconnect();
      root.calls[0]?.respond({ headers: JSON_TYPE, body: "{}" });
      root.vm.logs.length = 0;
      if (i === 600) pages = root.vm.memorySize;
    }
    assert.equal(root.vm.memorySize, pages);
  });
});

describe("failover", () => {
  const failover = {
    enabled: true,
    failureThreshold: 2,
    healthCheckModel: "probe",
    healthCheckInterval: 1000,
    healthCheckTimeout: 500,
  };

  /** The token of each of many requests. */
  function used(root: RootContext, upstream = (): UpstreamResponse => json(COMPLETION)): string[] {
    return Array.from({ length: 30 }, () => {
      const { upstreamRequest } = run(root, input({}, { upstream }));
      return String(new Map(upstreamRequest?.headers).get("authorization")).slice(7);
    });
  }

  /** Lets one token fail until it is out, as the answers to it are errors. */
  function takeOut(root: RootContext): void {
    for (let i = 0; i < 40; ++i) {
      const upstream = (request: { headers: readonly (readonly [string, string])[] }) =>
        new Map(request.headers).get("authorization") === "Bearer sk-bad"
          ? REFUSED
          : json(COMPLETION);
      run(root, input({}, { upstream }));
    }
  }

  function pass(vms: Vm[], milliseconds: number): void {
    for (const own of vms) own.clock += BigInt(milliseconds) * 1_000_000n;
  }

  test("is shared by workers and outlives configurations; one worker checks", async () => {
    const shared = new SharedStore();
    const vms = [await vm(shared), await vm(shared)];
    const roots = vms.map((own) => configure(own, { failover }));
    const [first, second] = roots;
    assert.ok(first && second);
    assert.deepEqual([first.tickPeriod, second.tickPeriod], [1000, 1000]);
    takeOut(first);
    assert.deepEqual(new Set(used(second)), new Set(["sk-good"]));
    const fresh = configure(second.vm, { failover: { ...failover, failureThreshold: 9 } });
    assert.deepEqual(new Set(used(fresh)), new Set(["sk-good"]));
    for (const root of roots) root.tick();
    assert.equal(first.calls.length + second.calls.length, 0, "nothing is due");
    pass(vms, 1000);
    second.tick();
    first.tick();
    assert.deepEqual([second.calls.length, first.calls.length], [1, 0]);
    const [call] = second.calls;
    assert.ok(call);
    assert.deepEqual([call.cluster, call.timeout, tokenOf(call)], ["providers", 500, "sk-bad"]);
    call.fail();
    pass(vms, 999);
    for (const root of roots) root.tick();
    pass(vms, 1);
    first.tick();
    first.calls[0]?.respond({ status: 200, body: JSON.stringify(COMPLETION) });
    assert.deepEqual(new Set(used(fresh)), new Set(["sk-good", "sk-bad"]));
    pass(vms, 9000);
    for (const root of roots) root.tick();
    assert.equal(first.calls.length + second.calls.length, 0, "all are in use");
  });

  test("an unknown cluster gives the token back to requests", async () => {
    const own = await (await WasmHost.load(PLUGIN)).vm({ clusters: [] });
    const root = configure(own, { failover });
    takeOut(root);
    pass([own], 1000);
    root.tick();
    assert.ok(own.logs.some((line) => line.text.includes("its cluster is unknown")));
    assert.deepEqual(new Set(used(root)), new Set(["sk-good", "sk-bad"]));
  });

  test("a state that another program has spoilt is none", async () => {
    const shared = new SharedStore();
    const root = configure(await vm(shared), { failover });
    const keys: string[] = [];
    const get = shared.get.bind(shared);
    shared.get = (key) => {
      keys.push(key);
      return get(key);
    };
    used(root);
    for (const text of ["", "[", "[1]", '{"a":1}', '{"a":{"out":true,"until":"x"}}', "\u0000"]) {
      shared.set(keys[0] ?? "", encoder.encode(text), 0);
      takeOut(root);
      assert.deepEqual(new Set(used(root)), new Set(["sk-good"]));
      root.tick();
    }
  });

  test("neither token nor secret is in what is shared", async () => {
    const shared = new SharedStore();
    const root = configure(await vm(shared), { failover, awsSecretKey: "sk-secret" });
    const written: string[] = [];
    const set = shared.set.bind(shared);
    shared.set = (key, bytes, cas) => {
      written.push(key, Buffer.from(bytes).toString());
      return set(key, bytes, cas);
    };
    takeOut(root);
    assert.ok(written.length > 0);
    assert.doesNotMatch(written.join("\n"), /sk-/);
    assert.doesNotMatch(root.vm.logs.map((line) => line.text).join("\n"), /sk-/);
  });

  test("a provider that is used at the client's path is checked there", async () => {
    const root = configure(await vm(), { failover }, "generic");
    const own = input();
    const request = { ...own.request, path: "/team/v1/chat/completions", host: "llm.internal" };
    for (let i = 0; i < 20; ++i) run(root, { ...own, request });
    pass([root.vm], 1000);
    root.tick();
    assert.equal(root.calls.length, 2);
    for (const call of root.calls) {
      assert.equal(call.header(":path"), "/team/v1/chat/completions");
      assert.equal(call.header(":authority"), "llm.internal");
    }
  });

  test("bound requests go on to the next token in use", async () => {
    const tokens = ["t0", "t1", "t2"];
    const root = configure(await vm(), { failover, apiTokens: tokens }, "openai");
    const headers: [string, string][] = [["x-mse-consumer", "user-alice"]];
    const request = { method: "GET", path: "/v1/files/f", headers };
    const ask = (upstream: UpstreamResponse) => {
      const result = run(root, { request, properties: CLUSTER, upstream: () => upstream });
      return new Map(result.upstreamRequest?.headers).get("authorization");
    };
    assert.equal(ask(json({})), "Bearer t0");
    for (let i = 0; i < 2; ++i) assert.equal(ask(REFUSED), "Bearer t0");
    for (let i = 0; i < 9; ++i) assert.equal(ask(json({})), "Bearer t1");
  });
});
