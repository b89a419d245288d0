// A provider that fails before its first token: the client gets another one's answer, and never knows.
import { after, before, describe, test } from "node:test";
import { FallbackPair } from "./support/fallback-pair.ts";
import { FAULTS, never, STALLS } from "./support/gateway-faults.ts";
import { REFUSED_PORT } from "./support/raw-provider.ts";

describe("fallback before the first token", () => {
  let pair: FallbackPair;

  before(async () => {
    pair = await FallbackPair.start({ firstTokenTimeout: "400ms" }, (first) => ({
      refusing: { address: `127.0.0.1:${REFUSED_PORT}`, tls: false },
      // Speaks no TLS, although it is asked to.
      plain: { address: `127.0.0.1:${first.port}`, tls: true },
    }));
  });

  after(() => pair?.stop());

  for (const [name, script] of Object.entries(FAULTS)) {
    test(`${name}: a whole answer`, () => pair.assertWhole(script));
    test(`${name}: a stream`, () => pair.assertStream(script));
  }

  for (const [name, script] of Object.entries(STALLS)) {
    test(`${name}: a stream`, () => pair.assertStream(script));
  }

  for (const model of ["refusing", "plain"]) {
    test(`a ${model} provider: a whole answer`, () => pair.assertWhole(never, model));
    test(`a ${model} provider: a stream`, () => pair.assertStream(never, model));
  }
});
