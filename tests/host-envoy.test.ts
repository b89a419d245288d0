// The host answers as Envoy does: the same scripts on both, with the same callbacks and messages.
import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { compileProbe } from "./probe/compile-probe.ts";
import { probeVm } from "./probe/probe-vm.ts";
import type { Placement } from "../host/root-context.ts";
import { run } from "../host/run.ts";
import {
  bootstrap,
  PLUGIN,
  pluginFilter,
  startEnvoyWith,
  type TestEnvoy,
} from "./support/envoy.ts";

const LIMIT = 65_536;
const BODY = "hello";
const BROKEN = "broken after this";
const HELD = "request_headers=ret:1,del:content-length;";
const HELD_RESPONSE = "response_headers=ret:1,del:content-length;";

/** What the probe does; in brackets what the provider answers, unless it is `answer`. */
const SCRIPTS = [
  "request_body=log;response_body=log",
  `${HELD}request_body=hold,log`,
  `${HELD}request_body=hold,set:NEW,replace:x-new:v`,
  `${HELD}request_body=hold,at:0:1:XX,log,at:2:1:no,at:6:0:end`,
  `${HELD}request_body=end:0,set:tail`,
  `${HELD}request_body=hold,grow:70000`,
  `${HELD}request_body=end:0,ret:0,grow:70000`,
  "request_headers=ret:2",
  "request_body=get:host",
  "request_headers=ret:1;request_body=hold;response_headers=getrq:host;log=get:host",
  "request_headers=reply:418:teapot",
  "request_headers=reply:418:teapot;response_headers=replace:x-new:v;response_body=set:TEAPOT",
  "request_headers=ret:1;request_body=hold,reply:418:teapot",
  "response_headers=reply:500:oops",
  "response_headers=ret:1;response_body=hold,reply:500:oops",
  "response_body=reply:500:oops",
  `${HELD_RESPONSE}response_body=hold,set:NEW,replace:%status:503`,
  `${HELD_RESPONSE}response_body=hold,grow:70000`,
  "response_headers=del:content-length;response_body=set:",
  "response_headers=del:content-length;response_body=grow:70000",
  "response_body=get:content-type",
  "response_headers=add:content-type:b,get:content-type",
  "response_body=close:1",
  "request_headers=prop:request/path,prop:nope,setprop:mine:v,prop:mine;log=prop:mine",
  "request_headers=share:k:v,shared:k,share:k:w:77,count:c:1,count:c:0,record:h:5",
  "request_headers=foreign:clear_route_cache,foreign:nope,call:nope",
  `[${BROKEN}]`,
  `[${BROKEN}]response_headers=ret:1;response_body=ret:1`,
];

for (const placement of ["listener", "cluster"] as const) {
  describe(`scripts on the host and in Envoy, in a ${placement}'s chain`, () => {
    let envoy: TestEnvoy;
    const server = createServer((request, response) => void answer(request, response));
    before(async () => {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      envoy = await startProbe(placement, (server.address() as AddressInfo).port);
    });
    after(async () => {
      server.close();
      server.closeAllConnections();
      await envoy.stop();
    });

    for (const line of SCRIPTS) {
      const [, response = "answer", script = ""] = /^(?:\[(.*?)\])?(.*)$/.exec(line) ?? [];
      test(line, async () => {
        const inEnvoy = await runInEnvoy(envoy, script, response);
        assert.deepEqual(await runOnHost(placement, script, response), inEnvoy);
      });
    }
  });
}

interface Seen {
  readonly status: number;
  readonly body: string;
  readonly complete: boolean;
  readonly said: readonly string[];
}

async function startProbe(placement: Placement, upstreamPort: number): Promise<TestEnvoy> {
  const own = pluginFilter("probe", "one");
  const codec = extension("filters.http.upstream_codec.v3.UpstreamCodec");
  const inCluster = {
    "@type": extension("upstreams.http.v3.HttpProtocolOptions"),
    explicit_http_config: { http_protocol_options: {} },
    http_filters: [own, { name: "codec", typed_config: { "@type": codec } }],
  };
  const name = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const cluster =
    placement === "cluster" ? { typed_extension_protocol_options: { [name]: inCluster } } : {};
  const config = bootstrap({
    listeners: [{ config: "one", upstreamPort, cluster }],
    bufferLimit: LIMIT,
  });
  const text = JSON.stringify(config).replaceAll(
    JSON.stringify(PLUGIN),
    JSON.stringify(compileProbe()),
  );
  const parsed = JSON.parse(text) as typeof config;
  if (placement === "cluster") {
    const connection = parsed.static_resources.listeners[0]?.filter_chains[0]?.filters[0];
    connection?.typed_config.http_filters.splice(0, 1);
  }
  return startEnvoyWith(parsed, { concurrency: 1, pluginLogLevel: "info" });
}

async function runInEnvoy(envoy: TestEnvoy, script: string, response: string): Promise<Seen> {
  const logged = envoy.log().length;
  const seen = await send(envoy.ports[0] ?? 0, script, response);
  let said: string[] = [];
  // The last callback may come after the answer.
  for (let i = 0; i < 200 && said.at(-1) !== "delete"; ++i) {
    await sleep(5);
    const lines = envoy.log().slice(logged).split("\n");
    said = lines.flatMap((own) => /wasm log [^:]*: (.*)$/.exec(own)?.[1] ?? []);
  }
  return { ...seen, said };
}

function send(port: number, script: string, response: string): Promise<Omit<Seen, "said">> {
  const length = { "content-length": BODY.length };
  const headers = { host: "gateway.test", "x-do": script, "x-up": response, ...length };
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method: "POST", path: "/", headers, agent: false };
    const request = httpRequest(options, (answered) => {
      let body = "";
      answered.on("data", (piece: Buffer) => (body += piece.toString()));
      answered.on("error", () => undefined);
      answered.on("close", () => {
        resolve({ status: answered.statusCode ?? 0, body, complete: answered.complete });
      });
    });
    request.on("error", reject);
    request.end(BODY);
  });
}

// Answers in one piece; an answer that is to break says that more will come.
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  await once(request, "end");
  const body = String(request.headers["x-up"]);
  response.setHeader("content-type", "text/plain");
  if (body !== BROKEN) {
    response.setHeader("content-length", body.length);
    response.end(body);
    return;
  }
  response.write(body);
  await sleep(30);
  response.destroy();
}

async function runOnHost(placement: Placement, script: string, response: string): Promise<Seen> {
  const vm = await probeVm({ strict: false, clusters: [] });
  const root = vm.configure("one", { placement, bufferLimit: LIMIT });
  const encoder = new TextEncoder();
  const reset = response === BROKEN;
  const framing: [string, string] = reset
    ? ["transfer-encoding", "chunked"]
    : ["content-length", String(response.length)];
  const result = run(root, {
    request: { path: "/", headers: [["x-do", script]], body: encoder.encode(BODY) },
    requestArrival: { endAlone: true },
    responseArrival: { endAlone: !reset },
    upstream: () => ({
      headers: [["content-type", "text/plain"], framing],
      body: encoder.encode(response),
      reset,
    }),
  });
  return {
    status: result.response.status,
    body: new TextDecoder().decode(result.response.body),
    complete: result.response.reset === null,
    said: result.logs.map((line) => line.text),
  };
}

function extension(name: string): string {
  return `type.googleapis.com/envoy.extensions.${name}`;
}
