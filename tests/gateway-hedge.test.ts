// A provider that is slow: the next one is asked as well, and the first token wins.
import { after, before, describe, test } from "node:test";
import { FallbackPair } from "./support/fallback-pair.ts";
import { FAULTS, STALLS } from "./support/gateway-faults.ts";

describe("a hedged rule with a provider that fails", () => {
  let pair: FallbackPair;

  before(async () => {
    pair = await FallbackPair.start({ strategy: "hedge", hedgeDelay: "300ms" });
  });

  after(() => pair?.stop());

  for (const [name, script] of Object.entries({ ...FAULTS, ...STALLS })) {
    test(`${name}: a whole answer`, () => pair.assertWhole(script));
    test(`${name}: a stream`, () => pair.assertStream(script));
  }
});
