// Which test shows that a configuration's field does something: fixtures first, then test files.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FIXTURES = fileURLToPath(new URL("./fixtures/", import.meta.url));
const TESTS = fileURLToPath(new URL("./", import.meta.url));
/** Fields that are accepted and do nothing, with the reason. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  klingTokenRefreshAhead: "accepted: every request has a token of its own",
};
/** Files that name fields for other reasons. */
const NO_EVIDENCE = /^(config|schema|provider-cases|gateway-cases|field-)/;

interface Evidence {
  where: string;
  text: string;
}

/** A folder of a fixture, or a test file, and what it says. */
function evidence(): Evidence[] {
  const found: Evidence[] = [];
  for (const provider of readdirSync(FIXTURES).sort()) {
    for (const name of readdirSync(`${FIXTURES}${provider}`).sort()) {
      const file = `${FIXTURES}${provider}/${name}/case.json`;
      const { config } = JSON.parse(readFileSync(file, "utf8")) as { config: unknown };
      found.push({ where: `tests/fixtures/${provider}/${name}`, text: JSON.stringify(config) });
    }
  }
  const files = readdirSync(TESTS).filter((name) => name.endsWith(".test.ts"));
  for (const name of files.filter((one) => !NO_EVIDENCE.test(one)).sort()) {
    found.push({ where: `tests/${name}`, text: readFileSync(`${TESTS}${name}`, "utf8") });
  }
  return found;
}

/** A table of fields and one test each, and the fields that have none. */
export function fieldTests(names: readonly string[]): { table: string; untested: string[] } {
  const all = evidence();
  const untested: string[] = [];
  const rows = names.map((name) => {
    const reason = WITHOUT_EFFECT[name];
    if (reason !== undefined) return `| \`${name}\` | ${reason} |`;
    const pattern = new RegExp(`["']?\\b${name}["']?:`);
    const own = all.find(({ text }) => pattern.test(text));
    if (own === undefined) untested.push(name);
    return `| \`${name}\` | ${own === undefined ? "none" : `\`${own.where}\``} |`;
  });
  return { table: ["| Key | Test |", "| --- | --- |", ...rows].join("\n"), untested };
}
