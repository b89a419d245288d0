// The host itself: one stream, with a module that does what a request header tells it to.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HOLDS, bodyText, probe, said, startExchange } from "./probe/probe-vm.ts";
import type { RunInput } from "../host/run.ts";
import { HostViolation } from "../host/vm.ts";

const encoder = new TextEncoder();

describe("the order of callbacks", () => {
  test("a stream that the filter lets through", async () => {
    const { go } = await probe();
    assert.deepEqual(said(go("")), [
      "create 1",
      "request_headers 0 one",
      "request_body 2 0",
      "request_body 3 0",
      "request_body 0 1",
      "response_headers 200 0",
      "response_body 9 1",
      "log",
      "done",
      "delete",
    ]);
  });

  test("in a cluster's chain nothing is logged", async () => {
    const { go } = await probe({}, { placement: "cluster" });
    assert.deepEqual(said(go("")).slice(-2), ["done", "delete"]);
    assert.ok(!said(go("")).includes("log"));
  });

  test("a client that leaves ends the stream at once", async () => {
    const { vm } = await probe();
    const root = vm.configure("two");
    const exchange = root.exchange();
    startExchange(exchange, "request_headers=ret:1");
    exchange.disconnect();
    exchange.requestBody(encoder.encode("late"), true);
    const own = exchange.logs.map((line) => line.text);
    assert.deepEqual(own.slice(2), ["log", "done", "delete"]);
    assert.equal(exchange.client.reset, "client disconnected");
  });
});

describe("bodies", () => {
  test("a held body grows and is seen whole", async () => {
    const { go } = await probe();
    const result = go(`${HOLDS}request_body=hold,log`);
    const bodies = said(result).filter((text) => /^(request_)?body/.test(text));
    assert.deepEqual(bodies, [
      "request_body 2 0",
      "body 0 he",
      "request_body 5 0",
      "body 0 hello",
      "request_body 5 1",
      "body 0 hello",
    ]);
    assert.equal(bodyText(result), "got hello");
  });

  test("a body that goes on is seen in pieces", async () => {
    const { go } = await probe();
    assert.ok(said(go("request_body=log")).includes("body 0 llo"));
  });

  test("setting a buffer replaces all, a beginning, or appends", async () => {
    const { go } = await probe();
    assert.equal(bodyText(go(`${HOLDS}request_body=hold,set:new`)), "got new");
    const once: Partial<RunInput> = { requestArrival: {} };
    assert.equal(bodyText(go(`${HOLDS}request_body=at:0:2:XX`, once)), "got XXllo");
    assert.equal(bodyText(go(`${HOLDS}request_body=at:0:0:XX`, once)), "got XXhello");
    assert.equal(bodyText(go(`${HOLDS}request_body=at:5:0:XX`, once)), "got helloXX");
    assert.ok(said(go(`${HOLDS}request_body=at:2:1:XX`, once)).includes("at 2"));
  });

  test("a body that no callback lets through hangs", async () => {
    const { go } = await probe();
    assert.throws(
      () => go(`${HOLDS}request_body=ret:3`),
      /the exchange hangs: the request is held/,
    );
  });

  test("an emptied piece sends nothing", async () => {
    const { go } = await probe();
    const result = go("response_body=set:", { responseArrival: { cuts: [3] } });
    assert.deepEqual(result.response.bodyChunks, []);
    assert.equal(result.response.status, 200);
  });

  test("a body over the limit is refused", async () => {
    const { go } = await probe({}, { bufferLimit: 4 });
    const request = go(`${HOLDS}request_body=hold`);
    assert.deepEqual([request.response.status, bodyText(request)], [413, "Payload Too Large"]);
    assert.equal(go("").response.status, 200);
    const pieces = { responseArrival: { cuts: [3] } };
    const held = go("response_headers=ret:1;response_body=hold", pieces);
    assert.deepEqual([held.response.status, bodyText(held)], [500, "Internal Server Error"]);
  });

  test("a buffered body may not grow over the limit either", async () => {
    const { go } = await probe({}, { bufferLimit: 100 });
    assert.equal(go(`${HOLDS}request_body=hold,grow:101`).response.status, 413);
    assert.equal(go(`${HOLDS}request_body=grow:101`, { requestArrival: {} }).response.status, 200);
  });
});

describe("headers", () => {
  test("held headers can be changed in the body", async () => {
    const { go } = await probe();
    const result = go(`${HOLDS}request_body=hold,replace:x-new:v,get:host`);
    assert.deepEqual(
      result.upstreamRequest?.headers.filter(([name]) => name === "x-new"),
      [["x-new", "v"]],
    );
    assert.ok(said(result).includes("host 0 gateway.test"));
  });

  test("headers that went on cannot be read or changed", async () => {
    const { go } = await probe();
    assert.ok(said(go("request_body=get:host")).includes("host 2"));
    assert.throws(() => go("request_body=replace:a:b"), HostViolation);
  });

  test("without allow_on_headers_stop_iteration a held request has no body", async () => {
    const { go } = await probe({}, { holdsHeaders: false });
    assert.throws(() => go("request_headers=ret:1"), /the exchange hangs/);
  });

  test("a content-length that lies is a violation", async () => {
    const { go } = await probe();
    const script = "request_headers=ret:1;request_body=hold,set:changed";
    assert.throws(() => go(script), /content-length says 5, its body has 7 bytes/);
  });

  test("a second value of some headers is appended to the first", async () => {
    const { go } = await probe();
    const { response } = go("response_headers=add:server:a,add:server:b,add:x-a:1,add:x-a:2");
    const own = response.headers.filter(([name]) => name === "server" || name === "x-a");
    assert.deepEqual(own, [
      ["server", "a,b"],
      ["x-a", "1"],
      ["x-a", "2"],
    ]);
  });
});

describe("local replies", () => {
  test("one to a request passes the response callbacks", async () => {
    const { go } = await probe();
    const result = go("request_headers=reply:418:teapot;response_headers=replace:x-a:1");
    assert.equal(result.upstreamRequest, null);
    assert.equal(result.response.status, 418);
    assert.deepEqual(result.response.headers.slice(1), [
      ["content-length", "6"],
      ["content-type", "text/plain"],
      ["x-a", "1"],
    ]);
    assert.ok(said(result).includes("response_body 6 1"));
  });

  test("one to a request in a cluster's chain does not", async () => {
    const { go } = await probe({}, { placement: "cluster" });
    const result = go("request_headers=reply:418:teapot");
    assert.deepEqual([result.response.status, bodyText(result)], [418, "teapot"]);
    assert.deepEqual(said(result).slice(2), ["done", "delete"]);
  });

  test("one to a held response goes straight to the client", async () => {
    const { go } = await probe();
    const result = go("response_headers=ret:1;response_body=reply:500:oops");
    assert.deepEqual([result.response.status, bodyText(result)], [500, "oops"]);
    assert.deepEqual(said(result).slice(-4), ["response_body 9 1", "log", "done", "delete"]);
  });

  test("one after the headers breaks the response off", async () => {
    const { go } = await probe();
    const result = go("response_body=reply:500:oops");
    assert.match(result.response.reset ?? "", /^local reply after the headers/);
  });
});

describe("connections that break", () => {
  const upstream = (text: string): Partial<RunInput> => ({
    upstream: () => ({ body: encoder.encode(text), reset: true }),
  });

  test("after the headers the client sees it", async () => {
    const { go } = await probe();
    const result = go("", upstream("part"));
    assert.deepEqual([bodyText(result), result.response.reset], ["part", "upstream reset"]);
  });

  test("while the headers are held Envoy answers 502", async () => {
    const { go } = await probe();
    const result = go("response_headers=ret:1;response_body=ret:1", upstream("part"));
    assert.equal(result.response.status, 502);
  });

  test("before the headers Envoy answers 503 through the filter", async () => {
    const { vm } = await probe();
    const exchange = vm.configure("two").exchange();
    startExchange(exchange, "response_headers=replace:x-a:1", true);
    exchange.upstreamReset();
    assert.equal(exchange.client.header(":status"), "503");
    assert.equal(exchange.client.header("x-a"), "1");
  });
});
