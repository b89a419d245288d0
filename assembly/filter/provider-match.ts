// Which provider a request is for: one that the chosen host names, or the one that a rule or the configuration says.
import { PluginConfig } from "../config/plugin-config";
import { ProviderConfig } from "../config/provider-config";
import { Headers } from "../proxy-wasm/headers";
import { getRouteProperty } from "../proxy-wasm/properties";
import { providerOfHost } from "./attempt";

/** The provider of a request with these headers; null: none is configured for it. */
export function matchProvider(config: PluginConfig, headers: Headers): ProviderConfig | null {
  if (config.isToldByHost) return config.ofHost(providerOfHost());
  if (!config.needsMatch) return config.match("", "", "");
  const host = headers.get(":authority");
  return config.match(host, getRouteProperty("route_name"), getRouteProperty("cluster_name"));
}
