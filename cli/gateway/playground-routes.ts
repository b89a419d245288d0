// The playground's page, straight from Envoy: https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/route/v3/route_components.proto#config-route-v3-directresponseaction
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PluginOptions } from "./envoy-parts.ts";
import { clusterConfig, type Gateway, listenerConfig } from "./gateway.ts";
import { withoutSecrets } from "./secrets.ts";

/** Where `npm run build` puts the page. */
export const PLAYGROUND = fileURLToPath(new URL("../../build/playground", import.meta.url));

/** Where it is served. */
export const PLAYGROUND_PATH = "/playground/";

/** Files of the page, by their type. */
const FILES = {
  "": ["index.html", "text/html; charset=utf-8"],
  "style.css": ["style.css", "text/css; charset=utf-8"],
  "playground.js": ["playground.js", "text/javascript; charset=utf-8"],
  "samples.json": ["samples.json", "application/json"],
  "config.schema.json": ["config.schema.json", "application/json"],
  "gateway.schema.json": ["gateway.schema.json", "application/json"],
} as const;

/** More than any of them, and than the module. */
const LARGEST_BYTES = 1024 * 1024;

/** The page's requests are none of the plugin's. */
const UNFILTERED = {
  "envoy.filters.http.wasm": {
    "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
    disabled: true,
  },
};

/** Whether the page's files are there to be served from this machine. */
export function isPlaygroundBuilt(): boolean {
  return existsSync(join(PLAYGROUND, "index.html"));
}

interface RouteTable {
  virtual_hosts: { routes: object[] }[];
}

/** The route table with the page in front, where the gateway has it. */
export function withPlayground<T extends RouteTable>(
  table: T,
  gateway: Gateway,
  options: PluginOptions,
): T & { max_direct_response_body_size_bytes?: number } {
  const { playground = false } = gateway;
  if (playground === false) return table;
  const folder = playground === true ? PLAYGROUND : playground;
  const [host] = table.virtual_hosts;
  const own = pageRoutes(gateway, folder, options);
  const virtual_hosts = [{ ...host, routes: [...own, ...(host?.routes ?? [])] }];
  return { ...table, virtual_hosts, max_direct_response_body_size_bytes: LARGEST_BYTES };
}

function pageRoutes(gateway: Gateway, folder: string, options: PluginOptions): object[] {
  const policy = contentPolicy(options.adminUrl);
  const page = (path: string, type: string, body: object) => ({
    match: { path: `${PLAYGROUND_PATH}${path}` },
    direct_response: { status: 200, body },
    response_headers_to_add: [
      header("content-type", type),
      header("content-security-policy", policy),
      header("x-content-type-options", "nosniff"),
      header("referrer-policy", "no-referrer"),
      header("cache-control", "no-cache"),
    ],
    typed_per_filter_config: UNFILTERED,
  });
  const files = Object.entries(FILES).map(([path, [file, type]]) =>
    page(path, type, { filename: join(folder, file) }),
  );
  const told = JSON.stringify(gatewayOfPage(gateway, options.adminUrl));
  return [
    {
      match: { path: PLAYGROUND_PATH.slice(0, -1) },
      redirect: { path_redirect: PLAYGROUND_PATH, response_code: "PERMANENT_REDIRECT" },
      typed_per_filter_config: UNFILTERED,
    },
    ...files,
    page("plugin.wasm", "application/wasm", { filename: options.plugin }),
    page("gateway.json", "application/json", { inline_string: told }),
  ];
}

function header(key: string, value: string): object {
  return { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
}

/** Nothing from elsewhere, and nothing but the page's own files; the module may be compiled. */
function contentPolicy(adminUrl: string | undefined): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src data:",
    `connect-src 'self'${adminUrl === undefined ? "" : ` ${adminUrl}`}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** What the page is told of the gateway: whom it may ask for what, and no secret. */
export interface GatewayOfPage {
  /** The plugin's configuration in the listener, without consumers. */
  listener: { models: RuleOfPage[] };
  /** The plugin's configuration in each provider's cluster. */
  providers: Record<string, object>;
  /** Whether requests need a key of a consumer's. */
  needsKey: boolean;
  /** The endpoint for changes, or null. */
  adminUrl: string | null;
}

/** A rule as the plugin has it. */
export interface RuleOfPage {
  name?: string;
  model?: string | string[];
  strategy?: string;
  providers: { id: string; model?: string }[];
}

function gatewayOfPage(gateway: Gateway, adminUrl: string | undefined): GatewayOfPage {
  const providers = Object.keys(gateway.providers).map((id): [string, object] => {
    const config = clusterConfig(gateway, id) as { provider: object };
    return [id, { ...config, provider: withoutSecrets(config.provider) }];
  });
  return {
    listener: listenerConfig({ ...gateway, consumers: undefined }) as GatewayOfPage["listener"],
    providers: Object.fromEntries(providers),
    needsKey: gateway.consumers !== undefined,
    adminUrl: adminUrl ?? null,
  };
}
