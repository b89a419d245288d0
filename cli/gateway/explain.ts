// What would come of a request: the rule, the provider, and the request as that provider gets it.
import type { RunResult } from "../../host/run.ts";
import { endpointOf } from "./clusters.ts";
import { type Gateway, listenerConfig, type ModelEntry, nameOf, targetsOf } from "./gateway.ts";
import { attempt, type CheckedGateway } from "./plugin-vm.ts";

/** A text for people; `request` is the JSON of a chat request, `consumer` who sends it. */
export function explain(checked: CheckedGateway, request: string, consumer?: string): string {
  let body: object;
  try {
    body = JSON.parse(request) as object;
  } catch (error) {
    throw new Error(`The request is no JSON: ${(error as Error).message}`, { cause: error });
  }
  const { gateway } = checked.file;
  const chosen = choose(checked, body, consumer);
  const routed = chosen.upstreamRequest;
  if (routed === null) {
    return `answered by the gateway itself: ${chosen.response.status}\n${text(chosen.response.body)}\n`;
  }
  const header = (name: string) => routed.headers.find(([own]) => own === name)?.[1] ?? "";
  const rule = gateway.models.find((entry) => nameOf(entry) === header("x-llm-route"));
  const first = header("x-llm-provider");
  const targets = rule === undefined ? [] : targetsOf(rule);
  const at = targets.findIndex(({ id }) => id === first);
  const order = [...targets.slice(at), ...targets.slice(0, at)];
  const lines = [
    `rule      ${header("x-llm-route")}`,
    `providers ${order.map(({ id }) => id).join(next(rule))}`,
  ];
  const sent = JSON.parse(text(routed.body)) as object;
  for (const { id } of order)
    lines.push("", ...attemptLines(checked, id, sent, header("x-llm-models")));
  return `${lines.join("\n")}\n`;
}

/** What stands between two providers. */
function next(rule: ModelEntry | undefined): string {
  return rule?.strategy === "hedge" ? `, after ${rule.hedgeDelay} also ` : ", then ";
}

/** What the gateway makes of a request: everybody's, or a consumer's, without its key. */
function choose({ file, listener }: CheckedGateway, body: object, name?: string): RunResult {
  const { gateway } = file;
  if (gateway.consumers === undefined && name === undefined) return attempt(listener, body, []);
  const consumer = gateway.consumers?.find((one) => one.name === name);
  if (name !== undefined && consumer === undefined)
    throw new Error(`There is no consumer ${name}.`);
  const key = "explain";
  const consumers = consumer === undefined ? undefined : [{ ...consumer, keys: [key] }];
  const own: Gateway = { ...gateway, consumers };
  const root = listener.vm.configure(listenerConfig(own), { placement: "listener" });
  return attempt(root, body, consumer === undefined ? [] : [["authorization", `Bearer ${key}`]]);
}

function attemptLines(
  { authorities, file, providers }: CheckedGateway,
  id: string,
  body: object,
  models: string,
): string[] {
  const root = providers.get(id);
  if (root === undefined) return [];
  const headers: [string, string][] = models === "" ? [] : [["x-llm-models", models]];
  const { upstreamRequest: sent, response } = attempt(root, body, headers);
  if (sent === null) return [`${id}: refused with ${response.status}`, text(response.body)];
  const shown = sent.headers
    .filter(([name]) => !/^x-(forwarded|request-id)/.test(name))
    .map(([name, value]) => `${name}: ${isSecret(name) ? "…" : value}`);
  const { tls } = endpointOf(file.gateway, id, authorities.get(id) ?? "");
  return [
    `${id}: ${sent.method} ${tls ? "https" : "http"}://${sent.host}${sent.path}`,
    ...shown,
    "",
    pretty(sent.body),
  ];
}

/** Credentials are not for the terminal. */
function isSecret(name: string): boolean {
  return /authorization|key|token|signature/.test(name);
}

function pretty(body: Uint8Array): string {
  try {
    return JSON.stringify(JSON.parse(text(body)), null, 2);
  } catch {
    return `${body.length} bytes that are no JSON`;
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
