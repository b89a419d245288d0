// The pages of docs/providers: one for each type, their tables and examples made by asking the plugin.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { partsOf, rowOf } from "./provider-pages/page.ts";
import { EXAMPLES } from "./provider-pages/examples.ts";
import { providerTypes } from "./support/provider-samples.ts";

const FOLDER = new URL("../docs/providers/", import.meta.url);
/** Writes the generated parts anew, and the pages that are missing. */
const RECORD = process.env["RECORD"] === "1";
const AGAIN = "run this test with RECORD=1 and read the difference";
const BLOCK = /<!-- ([\w ]+) -->\n[^]*?<!-- end -->/g;

const TEMPLATE = `# NAME

<!-- summary -->
<!-- end -->

<!-- examples -->
<!-- end -->

## Endpoints

<!-- endpoints -->
<!-- end -->

## Fields

<!-- own fields -->
<!-- end -->

All others are [those of every provider](../configuration.md#fields-of-a-provider).

## Requests

<!-- request -->
<!-- end -->

[How to read this](README.md#what-the-pages-say).

## Notes

- 
`;

test("there is a page and an example for every type, and for nothing else", () => {
  const pages = readdirSync(FOLDER).filter((name) => name !== "README.md");
  const types = providerTypes().sort();
  if (!RECORD) assert.deepEqual(pages.sort(), types.map((type) => `${type}.md`).sort());
  assert.deepEqual(Object.keys(EXAMPLES).sort(), types);
});

test("the index names every page once", () => {
  const index = readFileSync(new URL("README.md", FOLDER), "utf8");
  const named = [...index.matchAll(/\]\(([\w-]+)\.md\)/g)].map(([, name]) => name ?? "");
  assert.deepEqual(named.sort(), providerTypes().sort());
});

describe("the page of", () => {
  for (const type of providerTypes()) {
    test(type, async () => {
      const file = new URL(`${type}.md`, FOLDER);
      const isNew = RECORD && !existsSync(file);
      const page = isNew ? TEMPLATE.replace("NAME", rowOf(type).name) : readFileSync(file, "utf8");
      const parts = await partsOf(type);
      const found: string[] = [];
      const recorded = page.replaceAll(BLOCK, (_, name: string) => {
        found.push(name);
        return `<!-- ${name} -->\n\n${parts.get(name)}\n\n<!-- end -->`;
      });
      if (RECORD) writeFileSync(file, recorded);
      else assert.equal(page, recorded, AGAIN);
      assert.deepEqual(found, [...parts.keys()]);
      assert.equal(/^# (.*)$/m.exec(page)?.[1], rowOf(type).name);
      const notes = page.split("\n## Notes\n")[1] ?? "";
      assert.match(notes, /^- \S/m, "there are no notes");
    });
  }
});
