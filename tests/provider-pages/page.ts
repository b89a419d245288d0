// The generated parts of a provider's page: https://commonmark.org
import { readFileSync } from "node:fs";
import { format } from "prettier";
import { stringify } from "yaml";
import { WasmHost } from "../../host/wasm-host.ts";
import { fieldTable, propertiesOf, type Schema } from "../field-table.ts";
import { PLUGIN } from "../support/envoy.ts";
import { EXAMPLES, providerConfig, variableOf } from "./examples.ts";
import { fieldsOf, servedBy } from "./probe.ts";

const README = new URL("../../README.md", import.meta.url);
const SCHEMA = new URL("../../config.schema.json", import.meta.url);
const schema = JSON.parse(readFileSync(SCHEMA, "utf8")) as Schema;

/** A provider without chat does not tell its host by a chat. */
const KLING = { address: "api-singapore.klingai.com" };

/** Name and host of a type, from the README's table. */
export function rowOf(type: string): { name: string; host: string } {
  const rows = readFileSync(README, "utf8").matchAll(/^\| `([\w-]+)` \| (.*?) \| (.*?) \|/gm);
  const row = [...rows].find(([, own]) => own === type);
  if (row === undefined) throw new Error(`the README has no row for ${type}`);
  return { name: row[2] ?? "", host: row[3] ?? "" };
}

/** Fields that mean something for this type only, or for it and few others. */
export function ownFields(type: string): string[] {
  return Object.entries(propertiesOf(schema, "provider"))
    .filter(([, { description = "" }]) => {
      const types = /^(`[\w-]+`(?:, `[\w-]+`)*):/.exec(description)?.[1] ?? "";
      return types.split(", ").includes(`\`${type}\``);
    })
    .map(([name]) => name);
}

/** All that stands between the marks, by the marks' names. */
export async function partsOf(type: string): Promise<Map<string, string>> {
  const { model = "" } = EXAMPLES[type] ?? {};
  const vm = await (await WasmHost.load(PLUGIN)).vm({ env: environment() });
  const root = vm.configure({ provider: providerConfig(type) });
  if (!root.ok) throw new Error(`${type}: ${root.logs.map(({ text }) => text).join("\n")}`);
  const served = servedBy(root, model);
  const fields = fieldsOf(root, model);
  return new Map([
    ["summary", summary(type)],
    ["examples", await examples(type, model, fields.length > 0)],
    ["endpoints", endpointTable(served)],
    ["own fields", ownFieldTable(type)],
    ["request", fields.length === 0 ? "It has no chat completions." : requestTable(fields)],
  ]);
}

/** A value for every variable that an example names. */
export function environment(): Record<string, string> {
  const fixture = new URL("../fixtures/vertex/account/case.json", import.meta.url);
  const account = JSON.parse(readFileSync(fixture, "utf8")) as {
    config: { provider: { vertexAuthKey: string } };
  };
  const texts = Object.entries(EXAMPLES).map(
    ([type, own]) => variableOf(type) + JSON.stringify(own),
  );
  const names = texts.join(" ").match(/[A-Z][A-Z0-9_]{3,}/g) ?? [];
  return {
    ...Object.fromEntries(names.map((name) => [name, "test-key-000001"])),
    VERTEX_SERVICE_ACCOUNT: account.config.provider.vertexAuthKey,
  };
}

function summary(type: string): string {
  const { host } = rowOf(type);
  const isOpen =
    EXAMPLES[type]?.isOpen === true && EXAMPLES[type].fields?.["awsRegion"] === undefined;
  const key =
    isOpen && type !== "kling" ? "Needs no key." : "Needs a key, or takes the client's own.";
  return `Type \`${type}\`. Host: ${host}. ${key}`;
}

async function examples(type: string, model: string, hasChat: boolean): Promise<string> {
  const provider = providerConfig(type);
  const gateway = {
    providers: { [type]: type === "kling" ? { ...provider, upstream: KLING } : provider },
    models: [{ model, providers: [type] }],
  };
  return [
    "The plugin in a listener:",
    fence("json", (await format(JSON.stringify({ provider }), { parser: "json" })).trim()),
    "The same in a [gateway file](../gateway.md):",
    fence("yaml", stringify(gateway, { flowCollectionPadding: false }).trim()),
    fence("sh", hasChat ? chatCommand(model) : videoCommand(model)),
  ].join("\n\n");
}

function chatCommand(model: string): string {
  const messages = [{ role: "user", content: "Say hello" }];
  return command("/v1/chat/completions", { model, messages });
}

function videoCommand(model: string): string {
  return command("/v1/videos", { model, prompt: "A lighthouse in a storm" });
}

function command(path: string, body: object): string {
  return (
    `curl http://127.0.0.1:10000${path} -H 'content-type: application/json' \\\n` +
    `  -d '${JSON.stringify(body)}'`
  );
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function endpointTable(served: ReturnType<typeof servedBy>): string {
  const rows = served.map(({ methods, client, provider }) => {
    const path = provider === "" ? "" : provider === client ? "the same" : `\`${provider}\``;
    return `| \`${client}\` | ${methods} | ${path} |`.replace("|  |", "| |");
  });
  return ["| Client | Methods | Provider |", "| --- | --- | --- |", ...rows].join("\n");
}

function ownFieldTable(type: string): string {
  const own = ownFields(type);
  if (own.length === 0) return "It has no fields of its own.";
  return fieldTable(propertiesOf(schema, "provider"), own);
}

function requestTable(fields: readonly [string, string][]): string {
  const rows = fields.map(([name, becomes]) => `| \`${name}\` | ${becomes} |`);
  return ["| Of a chat request | At the provider |", "| --- | --- |", ...rows].join("\n");
}
