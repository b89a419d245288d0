// README and docs: links lead somewhere, and what they show of configurations is accepted by the plugin.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { LogLevel } from "../host/abi.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { readGatewayFile } from "../cli/gateway/gateway-file.ts";
import { checkGateway } from "../cli/gateway/plugin-vm.ts";
import { environment } from "./provider-pages/page.ts";
import { PLUGIN } from "./support/envoy.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGES = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true })
    .map((name) => join("docs", String(name)))
    .filter((name) => name.endsWith(".md")),
];

const textOf = (page: string): string => readFileSync(join(ROOT, page), "utf8");
/** A page without its blocks of code, in which brackets are no links. */
const proseOf = (page: string): string => textOf(page).replace(/^( *)```[^]*?^\1```/gm, "");

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of proseOf(page).matchAll(/^#+ (.*)$/gm)) {
    const plain = heading.toLowerCase().replace(/[^\p{L}\p{N}\- _]/gu, "");
    const base = plain.trim().replaceAll(" ", "-");
    let anchor = base;
    for (let i = 1; anchors.has(anchor); ++i) anchor = `${base}-${i}`;
    anchors.add(anchor);
  }
  return anchors;
}

function brokenLinks(page: string): string[] {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = "", anchor = ""] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== "" && !anchorsOf(target).has(anchor);
  });
}

describe("the links of", () => {
  for (const page of PAGES) {
    test(page, () => assert.deepEqual(brokenLinks(page), []));
  }
  test("no page that is not there, and no heading", () => {
    assert.ok(anchorsOf("docs/configuration.md").has("several-tokens"));
    assert.ok(!anchorsOf("docs/configuration.md").has("several-keys"));
  });
});

function blocks(page: string, language: string): string[] {
  return [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "gm"))].map(
    ([, text = ""]) => text,
  );
}

/** A value for each variable of a text. */
function variables(text: string): Record<string, string> {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => name);
  const lengths: Record<string, number> = { HUNYUAN_AUTH_ID: 36, HUNYUAN_AUTH_KEY: 32 };
  // No two alike: consumers' keys must not be.
  const some = names.map((name) => [
    name,
    name.toLowerCase().padEnd(36, "k").slice(0, lengths[name]),
  ]);
  const own = environment();
  return {
    ...Object.fromEntries(some),
    GCP_SERVICE_ACCOUNT: own["VERTEX_SERVICE_ACCOUNT"] ?? "",
    ...own,
    ...Object.fromEntries(some.filter(([name]) => lengths[name ?? ""])),
  };
}

describe("the configurations of", () => {
  for (const page of PAGES) {
    const configs = blocks(page, "json").filter((text) =>
      /"(provider|providers|models|_rules_)":/.test(text),
    );
    if (configs.length > 0) {
      test(`${page}, for a listener`, async () => {
        for (const text of configs) {
          const vm = await (await WasmHost.load(PLUGIN)).vm({ env: variables(text) });
          const root = vm.configure(text);
          const said = root.logs.filter(({ level }) => level >= LogLevel.Warn);
          assert.deepEqual(
            said.map((line) => line.text),
            [],
            text,
          );
          assert.ok(root.ok, text);
        }
      });
    }
    const gateways = blocks(page, "yaml").filter(
      (text) => /^providers:/m.test(text) && /^models:/m.test(text),
    );
    if (gateways.length > 0) {
      test(`${page}, for a gateway`, async () => {
        for (const text of gateways) {
          const file = readGatewayFile(text, page);
          const { warnings } = await checkGateway(file, PLUGIN, variables(text));
          assert.deepEqual(warnings, [], text);
        }
      });
    }
  }
});
