// A gateway in files that Envoy watches, so that a change is taken up without a restart:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/overview/xds_api
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Authorities, clusters } from "./bootstrap.ts";
import { type PluginOptions, socketAddress } from "./envoy-parts.ts";
import { DEFAULT_ADMIN, type Gateway } from "./gateway.ts";
import { listener } from "./listener.ts";
import { withPlayground } from "./playground-routes.ts";
import { routeConfig } from "./routes.ts";
import { statsConfig } from "./stats.ts";

const CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
const LISTENER = "type.googleapis.com/envoy.config.listener.v3.Listener";
const ROUTES = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

/** The files of one gateway, by the name of what they hold. */
export type DynamicFiles = Record<"cds" | "rds" | "lds", string>;

/** Where Envoy finds the rest; never changes while it runs. */
export function dynamicBootstrap(gateway: Gateway, folder: string) {
  return {
    node: { id: "envoy-ai-proxy", cluster: "envoy-ai-proxy" },
    admin: { address: socketAddress(gateway.admin ?? DEFAULT_ADMIN) },
    stats_config: statsConfig(),
    dynamic_resources: {
      cds_config: source(folder, "cds"),
      lds_config: source(folder, "lds"),
    },
  };
}

function source(folder: string, name: keyof DynamicFiles) {
  return {
    resource_api_version: "V3",
    path_config_source: {
      path: join(folder, `${name}.json`),
      // Files are replaced by others of the same name.
      watched_directory: { path: folder },
    },
  };
}

/** The texts of the files. */
export function dynamicFiles(
  gateway: Gateway,
  authorities: Authorities,
  options: PluginOptions,
  folder: string,
): DynamicFiles {
  const routes = { rds: { route_config_name: "gateway", config_source: source(folder, "rds") } };
  const own = routeConfig(gateway, options.envoy);
  return {
    cds: resources(CLUSTER, clusters(gateway, authorities, options)),
    rds: resources(ROUTES, [withPlayground(own, gateway, options)]),
    lds: resources(LISTENER, [listener(gateway, routes, options)]),
  };
}

function resources(type: string, list: object[]): string {
  const typed = list.map((one) => ({ "@type": type, ...one }));
  return `${JSON.stringify({ resources: typed }, null, 2)}\n`;
}

/** Writes what differs from `before`: clusters first, since routes name them. Each file whole, or not at all. */
export function writeFiles(folder: string, files: DynamicFiles, before: DynamicFiles | null): void {
  for (const name of ["cds", "rds", "lds"] as const) {
    if (before !== null && files[name] === before[name]) continue;
    const target = join(folder, `${name}.json`);
    writeFileSync(`${target}.new`, files[name], { mode: 0o600 });
    renameSync(`${target}.new`, target);
  }
}
