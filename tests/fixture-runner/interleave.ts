// Runs many fixtures at the same time in one VM: each must come out as if it were alone.
import { runSteps, type RunResult } from "../../host/run.ts";
import type { RootContext } from "../../host/root-context.ts";
import type { Vm } from "../../host/vm.ts";
import type { Fixture } from "./fixture.ts";
import { providerResponse } from "./messages.ts";
import { compareRuns, configure, runInput, runOnce } from "./host-run.ts";

/** Pieces that each body comes in. */
const PIECES = 7;

interface Participant {
  readonly fixture: Fixture;
  readonly root: RootContext;
  /** What comes out when nothing else runs. */
  readonly alone: RunResult;
  readonly steps: Generator<void, RunResult>;
}

/** The names of the fixtures that came out differently, with how. Fixtures of chance are left out. */
export function interleave(vm: Vm, fixtures: readonly Fixture[]): string[] {
  const participants = fixtures.flatMap((fixture) => participant(vm, fixture) ?? []);
  const found: string[] = [];
  let waiting = participants;
  while (waiting.length > 0) {
    waiting = waiting.filter(({ fixture, alone, steps }) => {
      const step = steps.next();
      if (step.done === true) {
        found.push(...compareRuns(alone, step.value).map((own) => `${fixture.name}: ${own}`));
      }
      return step.done !== true;
    });
  }
  for (const { root } of participants) root.delete();
  return found;
}

function participant(vm: Vm, fixture: Fixture): Participant | null {
  // What a first run has called for, a second one may still have.
  if (fixture.content.calls !== undefined) return null;
  const root = configure(vm, fixture);
  const alone = runOnce(root, fixture);
  if (compareRuns(alone, runOnce(root, fixture)).length > 0) {
    root.delete();
    return null;
  }
  const requestArrival = { cuts: inPieces(fixture.request?.bytes.length ?? 0), endAlone: true };
  const responseArrival = { cuts: inPieces(providerResponse(fixture).body.length) };
  const steps = runSteps(root, runInput(fixture, { requestArrival, responseArrival }));
  return { fixture, root, alone, steps };
}

function inPieces(length: number): number[] {
  const cuts = Array.from({ length: PIECES - 1 }, (_, i) =>
    Math.floor(((i + 1) * length) / PIECES),
  );
  return [...new Set(cuts)].filter((cut) => cut > 0 && cut < length);
}
