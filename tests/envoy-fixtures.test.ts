// Every fixture in a real Envoy, with a stub as provider. FIXTURE=<part of a name> runs some.
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { EnvoyRun } from "./fixture-runner/envoy-run.ts";
import { loadFixtures, type Fixture } from "./fixture-runner/fixture.ts";

const FOLDER = fileURLToPath(new URL("fixtures", import.meta.url));
const FIXTURES = loadFixtures(FOLDER, process.env.FIXTURE, (name, error) =>
  test(name, () => {
    throw error;
  }),
);
// So that one refused configuration does not fail every fixture there is.
const PER_ENVOY = 50;

for (let at = 0; at < FIXTURES.length; at += PER_ENVOY) {
  const batch = FIXTURES.slice(at, at + PER_ENVOY);
  const last = Math.min(at + PER_ENVOY, FIXTURES.length);
  describe(`fixtures ${at + 1} to ${last} in Envoy`, () => runBatch(batch));
}

function runBatch(batch: readonly Fixture[]): void {
  const running = batch.filter((fixture) => fixture.content.skip?.envoy === undefined);
  let run: EnvoyRun | null = null;
  before(async () => {
    if (running.length > 0) run = await EnvoyRun.start(running);
  });
  after(() => run?.stop());

  for (const fixture of batch) {
    test(fixture.name, { skip: fixture.content.skip?.envoy ?? false }, async () => {
      if (run === null) throw new Error("Envoy does not run");
      await run.check(fixture);
    });
  }
}
