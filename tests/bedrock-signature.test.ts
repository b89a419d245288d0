// Requests to Bedrock are signed as they are sent: Amazon's own signer signs what the upstream sees once more, in every fixture.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { UpstreamRequest } from "../host/run.ts";
import type { Vm } from "../host/vm.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { type Fixture, loadFixtures } from "./fixture-runner/fixture.ts";
import { configure, runOnce } from "./fixture-runner/host-run.ts";
import { PLUGIN } from "./support/envoy.ts";

interface Settings {
  readonly type: string;
  readonly awsAccessKey?: string;
  readonly awsSecretKey?: string;
  readonly awsSessionToken?: string;
  readonly awsRegion: string;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[\w-]+\/bedrock\/aws4_request, SignedHeaders=(\S+), Signature=\w{64}$/;

function settingsOf({ content }: Fixture): Settings | undefined {
  return (content.config as { provider?: Settings }).provider;
}

/** `20250102T030405Z` as a date. */
function dateOf(text: string): Date {
  return new Date(text.replace(/(....)(..)(..T..)(..)/, "$1-$2-$3:$4:"));
}

/** The headers of a signature that is made anew, over those of the headers that were signed. */
async function signAgain(
  settings: Settings,
  request: UpstreamRequest,
  names: string[],
): Promise<Record<string, string>> {
  const headers = new Map([...request.headers, ["host", request.host]]);
  const signer = new SignatureV4({
    credentials: {
      accessKeyId: settings.awsAccessKey ?? "",
      secretAccessKey: settings.awsSecretKey ?? "",
      ...(settings.awsSessionToken === undefined ? {} : { sessionToken: settings.awsSessionToken }),
    },
    region: settings.awsRegion,
    service: "bedrock",
    sha256: Sha256,
    applyChecksum: false,
  });
  const { pathname, searchParams } = new URL(`https://${request.host}${request.path}`);
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: "https:",
      hostname: request.host,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(names.map((name) => [name, headers.get(name) ?? ""])),
      body: request.body,
    },
    { signingDate: dateOf(headers.get("x-amz-date") ?? "") },
  );
  return signed.headers;
}

const FIXTURES = loadFixtures(fileURLToPath(new URL("fixtures", import.meta.url))).filter(
  (fixture) => settingsOf(fixture)?.type === "bedrock" && fixture.upstreamRequest !== null,
);
let vm: Vm;
let count = 0;

before(async () => {
  vm = await (await WasmHost.load(PLUGIN)).vm();
});

for (const fixture of FIXTURES) {
  const settings = settingsOf(fixture);
  if (settings?.awsAccessKey === undefined) continue;
  test(fixture.name, async () => {
    const root = configure(vm, fixture);
    const { upstreamRequest } = runOnce(root, fixture);
    root.delete();
    assert.ok(upstreamRequest !== null);
    const own = new Map(upstreamRequest.headers);
    const authorization = own.get("authorization") ?? "";
    // A key of the provider's own, or a client's, wins over the signature.
    if (authorization.startsWith("Bearer ")) return;
    const names = FORM.exec(authorization)?.[1]?.split(";") ?? [];
    const unsigned = [...own.keys()].filter((name) => name.startsWith("x-amz-"));
    assert.deepEqual(
      ["host", ...unsigned].filter((name) => !names.includes(name)),
      [],
    );
    const { authorization: expected } = await signAgain(settings, upstreamRequest, names);
    assert.equal(authorization, expected);
    count += 1;
  });
}

test("were many", () => assert.ok(count > 10, `${count}`));
