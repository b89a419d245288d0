// The gateway on Envoys before 1.40, which have no priority groups: composite clusters do the same there.
import { after, before, describe, test } from "node:test";
import { cachedEnvoy, envoyVersion } from "../cli/envoy-binary.ts";
import type { OtherEnvoy } from "./support/gateway.ts";
import { FallbackPair } from "./support/fallback-pair.ts";
import { REFUSED_PORT } from "./support/raw-provider.ts";
import { FAULTS, never, STALLS } from "./support/gateway-faults.ts";

/** Versions that are looked for beside the one of the other tests. */
const VERSIONS = ["1.37.0", "1.39.3"];

/** The Envoy of the variable ENVOY_OLD_PATH, else those that have been installed. */
async function oldEnvoys(): Promise<[string, OtherEnvoy][]> {
  const own = process.env.ENVOY_OLD_PATH;
  const binaries = own ? [own] : await Promise.all(VERSIONS.map(cachedEnvoy));
  const found: [string, OtherEnvoy][] = [];
  for (const binary of binaries) {
    const version = binary === null ? null : await envoyVersion(binary);
    if (binary !== null && version !== null) found.push([version.join("."), { binary, version }]);
  }
  return found;
}

const found = await oldEnvoys();

if (found.length === 0) {
  test(
    "older Envoys",
    { skip: "none is there: set ENVOY_OLD_PATH to the binary of one" },
    () => {},
  );
}

for (const [name, envoy] of found) {
  describe(`fallback on Envoy ${name}`, () => {
    let pair: FallbackPair;

    before(async () => {
      const upstreams = () => ({ refusing: { address: `127.0.0.1:${REFUSED_PORT}`, tls: false } });
      pair = await FallbackPair.start({ firstTokenTimeout: "400ms" }, upstreams, {}, envoy);
    });

    after(() => pair?.stop());

    for (const [fault, script] of Object.entries(FAULTS)) {
      test(`${fault}: a whole answer`, () => pair.assertWhole(script));
      test(`${fault}: a stream`, () => pair.assertStream(script));
    }
    for (const [fault, script] of Object.entries(STALLS)) {
      test(`${fault}: a stream`, () => pair.assertStream(script));
    }
    test("a refusing provider: a whole answer", () => pair.assertWhole(never, "refusing"));
    test("a refusing provider: a stream", () => pair.assertStream(never, "refusing"));
  });

  describe(`a hedged rule on Envoy ${name}`, () => {
    let pair: FallbackPair;

    before(async () => {
      pair = await FallbackPair.start(
        { strategy: "hedge", hedgeDelay: "300ms" },
        undefined,
        {},
        envoy,
      );
    });

    after(() => pair?.stop());

    for (const [fault, script] of Object.entries({ ...STALLS, "503": FAULTS["503"] ?? never })) {
      test(`${fault}: a whole answer`, () => pair.assertWhole(script));
      test(`${fault}: a stream`, () => pair.assertStream(script));
    }
  });
}
