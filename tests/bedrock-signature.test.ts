// Requests to Bedrock are signed as they are sent: the signature is computed once more from what the upstream sees.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { SeenRequest } from "./fixture-runner/compare.ts";
import { loadFixture } from "./fixture-runner/fixture.ts";
import { configure, runOnce } from "./fixture-runner/host-run.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";

const FIXTURES = fileURLToPath(new URL("./fixtures", import.meta.url));
const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const CASES =
  "text query session-token provider-domain model-arn region-china original-signed stream-text embeddings-titan";

function hash(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function header(request: SeenRequest, name: string): string {
  if (name === "host") return request.host;
  return request.headers.find(([own]) => own === name)?.[1] ?? "";
}

function encode(text: string): string {
  const others = /[!'()*]/g;
  return encodeURIComponent(text).replace(
    others,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function signatureOf(request: SeenRequest, names: string, scope: string): string {
  const [path = "", query = ""] = request.path.split("?");
  const parameters = [...new URLSearchParams(query)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const canonical = [
    request.method,
    path.split("/").map(encode).join("/"),
    parameters.join("&"),
    ...names.split(";").map((name) => `${name}:${header(request, name)}`),
    "",
    names,
    hash(request.body),
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", header(request, "x-amz-date"), scope, hash(canonical)];
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${SECRET}`);
  return hmac(key as Buffer, text.join("\n")).toString("hex");
}

for (const name of CASES.split(" ")) {
  test(name, async () => {
    const fixture = loadFixture(FIXTURES, `bedrock/${name}`);
    const vm = await (await WasmHost.load(PLUGIN)).vm();
    const { upstreamRequest } = runOnce(configure(vm, fixture), fixture);
    assert.ok(upstreamRequest !== null);
    const value = header(upstreamRequest, "authorization");
    const parts =
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\S+), SignedHeaders=(\S+), Signature=(\w+)$/;
    const [, scope = "", names = "", signature] = parts.exec(value) ?? [];
    assert.match(scope, /^20250102\/[\w-]+\/bedrock\/aws4_request$/);
    const unsigned = upstreamRequest.headers
      .map(([own]) => own)
      .filter((own) => own.startsWith("x-amz-") && !names.split(";").includes(own));
    assert.deepEqual(unsigned, []);
    assert.equal(signature, signatureOf(upstreamRequest, names, scope));
  });
}
