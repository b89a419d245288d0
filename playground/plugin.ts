// The gateway's own plugin.wasm in the browser: what it says of configurations, and makes of exchanges.
// https://developer.mozilla.org/docs/WebAssembly/JavaScript_interface
import type { HttpCall, HttpCallAnswer } from "../host/http-call.ts";
import type { HeaderPairs } from "../host/header-map.ts";
import type { Placement, RootContext } from "../host/root-context.ts";
import { run, type RunResult, type UpstreamResponse } from "../host/run.ts";
import { Vm } from "../host/vm.ts";
import { type Path, spoken } from "../cli/gateway/yaml-places.ts";
import { pretty } from "./dom.ts";

/** What a client sends. */
export interface PluginRequest {
  path: string;
  headers?: HeaderPairs;
  body: Uint8Array;
}

/** What the plugin says of a configuration. */
export interface Remark {
  isRefusal: boolean;
  path: Path;
  message: string;
}

const BODY_LIMIT = 64 * 1024 * 1024;
const CALLED_HOST = "gateway.invalid";

/** A service account whose key signs nothing: the real one stays where Envoy runs. */
const ACCOUNT = JSON.stringify({
  client_email: "playground@project.invalid",
  private_key_id: "playground",
  private_key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
  project_id: "project",
  token_uri: "https://oauth2.googleapis.com/token",
});

/** The compiled module; every use gets a VM of its own, so that none can spoil another. */
export class Plugin {
  constructor(private readonly module: WebAssembly.Module) {}

  static async load(url: string): Promise<Plugin> {
    return new Plugin(await WebAssembly.compileStreaming(fetch(url)));
  }

  /** What it says of a configuration; none is fine. */
  async check(config: unknown, placement: Placement = "listener"): Promise<Remark[]> {
    const root = await this.configure(config, placement);
    const remarks = root.logs.flatMap(({ text }) => spoken(text) ?? []);
    if (!root.ok && !remarks.some(({ isRefusal }) => isRefusal)) {
      return [{ isRefusal: true, path: [], message: "the plugin refuses it without a reason" }];
    }
    return remarks;
  }

  /** A request through the plugin; `answer`: what the provider says, and where that is cut. */
  async exchange(
    config: unknown,
    placement: Placement,
    request: PluginRequest,
    answer: UpstreamResponse = {},
    cuts: readonly number[] = [],
  ): Promise<RunResult> {
    const root = await this.configure(config, placement);
    if (!root.ok) throw new Error(root.logs.map(({ text }) => text).join("\n"));
    return run(root, {
      request: {
        ...request,
        host: CALLED_HOST,
        headers: [["content-type", "application/json"], ...(request.headers ?? [])],
      },
      upstream: () => answer,
      answer: answerCall,
      responseArrival: { cuts },
    });
  }

  private async configure(config: unknown, placement: Placement): Promise<RootContext> {
    const vm = await Vm.create(this.module, {
      env: environmentOf(config),
      clock: Math.floor(Date.now() / 1000),
      strict: false,
      sign: () => new Uint8Array(256),
    });
    return vm.configure(config, { placement, bufferLimit: BODY_LIMIT });
  }
}

/** Where a name would be no key; by the field that it stands in. */
const STAND_INS: Record<string, string> = {
  vertexAuthKey: ACCOUNT,
  hunyuanAuthId: "${HUNYUAN_AUTH_ID}".padEnd(36, "."),
  hunyuanAuthKey: "${HUNYUAN_AUTH_KEY}".padEnd(32, "."),
};

/** The page knows no secret: each variable has its own name as its value. */
function environmentOf(config: unknown): Record<string, string> {
  const text = JSON.stringify(config) ?? "";
  const found = text.matchAll(/(?:"(\w+)":")?\$\{([A-Za-z_]\w*)\}/g);
  const entries = [...found].map(([, field = "", name = ""]): [string, string] => [
    name,
    STAND_INS[field] ?? `\${${name}}`,
  ]);
  return Object.fromEntries(entries);
}

/** What the plugin itself asks for: an access token, else the text of a context. */
function answerCall(call: HttpCall): HttpCallAnswer {
  const isToken = /token/i.test(call.header(":path") ?? "");
  const token = { access_token: "${ACCESS_TOKEN}", token_type: "Bearer", expires_in: 3600 };
  return { status: 200, body: isToken ? JSON.stringify(token) : "(the text of the context file)" };
}

/** A native request as one reads it. */
export function requestText({ upstreamRequest: sent, response }: RunResult): string {
  if (sent === null) {
    const said = new TextDecoder().decode(response.body);
    return `No request goes out. The client gets ${response.status}:\n\n${pretty(said)}`;
  }
  const headers = sent.headers.filter(([name]) => !/^x-(?:forwarded|request-id|llm)/.test(name));
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const body = pretty(new TextDecoder().decode(sent.body));
  return `${sent.method} ${sent.path}\nhost: ${sent.host}\n${lines.join("\n")}\n\n${body}`;
}
