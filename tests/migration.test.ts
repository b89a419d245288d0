// Every configuration of docs/migration.md that is this project's is one that the plugin takes without a warning.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { readGatewayFile } from "../cli/gateway/gateway-file.ts";
import { checkGateway } from "../cli/gateway/plugin-vm.ts";
import { LogLevel } from "../host/abi.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";

const PAGE = readFileSync(new URL("../docs/migration.md", import.meta.url), "utf8");
const ACCOUNT = {
  type: "service_account",
  project_id: "p",
  private_key_id: "k",
  private_key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
  client_email: "svc@p.iam.gserviceaccount.com",
};

interface Block {
  line: number;
  language: string;
  /** The project that it belongs to; "" for this one. */
  owner: string;
  text: string;
}

const blocks: Block[] = [...PAGE.matchAll(/^```(\w+)(?: (\S+))?\n([^]*?)^```$/gm)].map((found) => {
  const [, language = "", owner = "", text = ""] = found;
  return { line: PAGE.slice(0, found.index).split("\n").length, language, owner, text };
});

/** Something for every variable that a block names. */
function environmentOf(text: string): Record<string, string> {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => name);
  return {
    ...Object.fromEntries(names.map((name) => [name, `value-of-${name}`])),
    GCP_SERVICE_ACCOUNT: JSON.stringify(ACCOUNT, null, 2),
  };
}

const own = blocks.filter(({ owner }) => owner === "");

describe("docs/migration.md", () => {
  test("has what each project configures, and after it what says the same here", () => {
    assert.ok(own.length >= 8);
    for (const [at, { line, owner }] of blocks.entries()) {
      if (owner !== "") assert.equal(blocks[at + 1]?.owner, "", `line ${line} has no counterpart`);
    }
  });

  for (const { line, language, text } of own.filter((block) => block.language === "json")) {
    test(`line ${line}: the plugin takes the ${language}`, async () => {
      const host = await WasmHost.load(PLUGIN);
      const vm = await host.vm({ env: environmentOf(text) });
      const root = vm.configure(JSON.parse(text) as object);
      const told = root.logs.filter(({ level }) => level >= LogLevel.Warn);
      assert.deepEqual(
        told.map((log) => log.text),
        [],
      );
      assert.ok(root.ok);
    });
  }

  for (const { line, text } of own.filter(({ language }) => language === "yaml")) {
    test(`line ${line}: the gateway file is one`, async () => {
      const file = readGatewayFile(text, "migration.md");
      const { warnings } = await checkGateway(file, PLUGIN, environmentOf(text));
      assert.deepEqual(warnings, []);
    });
  }

  for (const { line, language, text, owner } of blocks) {
    if (owner === "") continue;
    test(`line ${line}: ${owner}'s ${language} can be read`, () => {
      assert.ok(typeof (language === "json" ? JSON.parse(text) : parse(text)) === "object");
    });
  }

  test("has no block that nothing checks", () => {
    assert.deepEqual(
      own.filter(({ language }) => language !== "json" && language !== "yaml"),
      [],
    );
    assert.equal(blocks.length, [...PAGE.matchAll(/^```/gm)].length / 2);
  });
});
