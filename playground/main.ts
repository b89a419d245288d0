// The playground's page: what it needs is fetched, then its parts are started.
import type { GatewayOfPage } from "../cli/gateway/playground-routes.ts";
import { Chat } from "./chat.ts";
import { startCheck } from "./check.ts";
import { byId, reasonOf } from "./dom.ts";
import { GatewayFile } from "./gateway-file.ts";
import { Plugin } from "./plugin.ts";
import type { Samples } from "./samples.ts";
import { type Schema, Schemas } from "./schema.ts";
import { openTab, startTabs } from "./tabs.ts";
import { Translate } from "./translate.ts";

const SCHEMAS = ["config.schema.json", "gateway.schema.json"];

async function start(): Promise<void> {
  const token = takeToken();
  startTabs();
  const [gateway, samples, plugin, ...files] = await Promise.all([
    readJson<GatewayOfPage>("gateway.json"),
    readJson<Samples>("samples.json"),
    Plugin.load("plugin.wasm"),
    ...SCHEMAS.map(async (name) => [name, await readJson<Schema>(name)] as const),
  ]);
  const schemas = new Schemas(Object.fromEntries(files));
  const translate = new Translate(plugin, samples, schemas);
  startCheck(plugin, schemas);
  const onReplay = (config: unknown, request: string) => {
    translate.open(config, request);
    openTab("translate");
  };
  const chat = new Chat(gateway, plugin, onReplay, freshGateway);
  const onTaken = async () => chat.take(await freshGateway());
  if (gateway.adminUrl !== null) new GatewayFile(gateway.adminUrl, schemas, token, onTaken);
  document.body.dataset["ready"] = "true";
}

/** As many connections as browsers keep to one server. */
const CONNECTIONS = 6;

/**
 * The gateway after a change. A connection from before it serves one more request as it was, and is
 * then closed: one of these, which browsers send over the chat's connections, the last used first.
 */
async function freshGateway(): Promise<GatewayOfPage> {
  for (let at = 1; at < CONNECTIONS; ++at) await readJson("gateway.json");
  return readJson<GatewayOfPage>("gateway.json");
}

/** The token of the address, which is nobody else's business from then on. */
function takeToken(): string | null {
  const token = /^#token=(.+)$/.exec(location.hash)?.[1] ?? null;
  if (token !== null) history.replaceState(null, "", "#gateway");
  return token;
}

async function readJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { cache: "no-store", credentials: "omit" });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as T;
}

start().catch((error: unknown) => {
  const place = byId("failure", HTMLElement);
  place.textContent = `The playground does not start: ${reasonOf(error)}`;
  place.hidden = false;
});
