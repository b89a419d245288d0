// JSON Web Tokens that the plugin signs, in every fixture, as an independent implementation reads them:
// https://www.rfc-editor.org/rfc/rfc7519
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { decodeProtectedHeader, jwtVerify, type JWTPayload, type JWTVerifyOptions } from "jose";
import { run, type UpstreamRequest } from "../host/run.ts";
import type { Vm } from "../host/vm.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { type Fixture, loadFixtures } from "./fixture-runner/fixture.ts";
import { configure, runInput } from "./fixture-runner/host-run.ts";
import { PLUGIN } from "./support/envoy.ts";

interface Settings {
  readonly type: string;
  readonly vertexAuthKey?: string;
  readonly klingAccessKey?: string;
  readonly klingSecretKey?: string;
}

interface Account {
  readonly private_key: string;
  readonly private_key_id?: string;
  readonly client_email: string;
  readonly token_uri?: string;
}

/** What left the plugin in one run. */
interface Sent {
  readonly calls: readonly Uint8Array[];
  readonly upstream: UpstreamRequest | null;
}

/** The time of all fixtures. */
const NOW = 1735787045;
const TIME: JWTVerifyOptions = { currentDate: new Date(NOW * 1000), requiredClaims: ["exp"] };

const FIXTURES = loadFixtures(fileURLToPath(new URL("fixtures", import.meta.url)));
const counts = { RS256: 0, HS256: 0 };
let vm: Vm;

before(async () => {
  vm = await (await WasmHost.load(PLUGIN)).vm();
});

function settingsOf({ content }: Fixture): Settings | undefined {
  return (content.config as { provider?: Settings }).provider;
}

function send(fixture: Fixture): Sent {
  const root = configure(vm, fixture);
  const input = runInput(fixture);
  const calls: Uint8Array[] = [];
  const { upstreamRequest } = run(root, {
    ...input,
    answer: (call) => {
      calls.push(call.body);
      return input.answer?.(call) ?? null;
    },
  });
  root.delete();
  return { calls, upstream: upstreamRequest };
}

/** The claims of a token that holds now, for a time that the issuers allow. */
function checkTimes({ iat, nbf, exp }: JWTPayload, longest: number): void {
  const start = iat ?? nbf ?? 0;
  assert.ok(start <= NOW && (exp ?? 0) > NOW && (exp ?? 0) - start <= longest);
}

async function checkAssertion(account: Account, body: Uint8Array): Promise<void> {
  const assertion = new URLSearchParams(Buffer.from(body).toString()).get("assertion") ?? "";
  const { payload } = await jwtVerify(assertion, createPublicKey(account.private_key), {
    ...TIME,
    algorithms: ["RS256"],
    issuer: account.client_email,
    audience: account.token_uri ?? "https://oauth2.googleapis.com/token",
  });
  assert.equal(decodeProtectedHeader(assertion).kid, account.private_key_id);
  assert.equal(payload["scope"], "https://www.googleapis.com/auth/cloud-platform");
  checkTimes(payload, 3600);
  counts.RS256 += 1;
}

async function checkBearer(
  { klingAccessKey, klingSecretKey }: Settings,
  { headers }: UpstreamRequest,
): Promise<void> {
  const [, token = ""] = (new Map(headers).get("authorization") ?? "").split("Bearer ");
  const { payload } = await jwtVerify(token, Buffer.from(klingSecretKey ?? ""), {
    ...TIME,
    algorithms: ["HS256"],
    issuer: klingAccessKey ?? "",
  });
  checkTimes(payload, 3600);
  counts.HS256 += 1;
}

for (const fixture of FIXTURES) {
  const settings = settingsOf(fixture);
  if (settings?.type === "vertex" && settings.vertexAuthKey?.startsWith("{")) {
    test(fixture.name, async () => {
      const { calls } = send(fixture);
      for (const body of calls) {
        await checkAssertion(JSON.parse(settings.vertexAuthKey ?? "") as Account, body);
      }
    });
  } else if (settings?.type === "kling" && settings.klingSecretKey !== undefined) {
    test(fixture.name, async () => {
      const { upstream } = send(fixture);
      if (upstream !== null) await checkBearer(settings, upstream);
    });
  }
}

test("both kinds were among them", () => {
  assert.ok(counts.RS256 > 10 && counts.HS256 > 0, JSON.stringify(counts));
});
