// npm run fuzz -- [--seconds 60] [--seed 1] [--only <part of a fixture's name>] [--case <fixture>#<index>]
// Ends with 1 where something was found.
import { parseArgs } from "node:util";
import { Campaign, usable } from "./campaign.ts";
import { loadSeeds } from "./seeds.ts";

const CASES_AT_ONCE = 20;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    case: { type: "string", default: "" },
  },
});
const all = await usable(loadSeeds());
const campaign = await Campaign.begin(all, Number(values.seed));
const seen = new Set<string>();

function report(): void {
  for (const { name, fault, shown } of campaign.findings.splice(0)) {
    // Of what looks the same in one fixture the first is enough.
    const key = `${name.split("#")[0]} ${fault.slice(0, 60)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    console.log(`\n=== ${name}: ${fault}\n${shown}`);
  }
}

async function runAll(): Promise<void> {
  const chosen = all.filter(({ fixture }) => fixture.name.includes(values.only));
  const end = Date.now() + Number(values.seconds) * 1000;
  for (let from = 0; Date.now() < end && chosen.length > 0; from += CASES_AT_ONCE) {
    for (const seed of chosen) {
      if (Date.now() >= end) break;
      await campaign.runSeed(seed, from, CASES_AT_ONCE);
      report();
    }
  }
}

if (values.case === "") {
  await runAll();
} else {
  const [name, index] = values.case.split("#");
  const seed = all.find(({ fixture }) => fixture.name === name);
  if (seed === undefined) throw new Error(`there is no fixture ${name}`);
  await campaign.runSeed(seed, Number(index), 1);
  report();
}
const { memory, contexts } = campaign.size;
console.log(
  `seed ${values.seed}: ${campaign.count} cases, ${seen.size} findings, slowest ` +
    `${Math.round(campaign.slowest)} ms, memory ${memory / 1024} KiB, contexts ${contexts}`,
);
process.exitCode = seen.size > 0 ? 1 : 0;
