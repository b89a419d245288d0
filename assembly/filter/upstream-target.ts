// Where the provider's request goes: host, path and query.
import { Protocol } from "../providers/provider-settings";
import { Capability } from "../routing/capability";
import { withBase } from "./base-path";
import { Exchange } from "./exchange";

/** Host of the provider, or "" to keep the client's. The call knows it from here on. */
export function upstreamHost(exchange: Exchange): string {
  const config = exchange.config;
  const domain = config.settings.providerDomain;
  const host = domain.length > 0 ? domain : config.provider.host(exchange.call);
  exchange.call.host = host;
  return host;
}

/** Path and query at the provider, or "" to keep the client's. The call knows them from here on. */
export function upstreamTarget(exchange: Exchange): string {
  const target = targetOf(exchange);
  exchange.call.target = target.length > 0 ? target : exchange.target;
  return target;
}

function targetOf(exchange: Exchange): string {
  const call = exchange.call;
  const provider = exchange.config.provider;
  const isOriginal = exchange.config.protocol == Protocol.Original;
  const settings = exchange.config.exchange;
  let path = isOriginal ? call.clientPath : provider.path(call);
  if (settings.prependsBasePath) path = withBase(path, settings.basePath);
  const base = exchange.config.settings.providerBasePath;
  const needsBase = base.length > 0 && !path.startsWith(base + "/");
  const target = needsBase ? base + path : path;
  const isPlain = isOriginal && call.capability != Capability.VertexRaw;
  const query = isPlain ? call.query : provider.query(call);
  if (query.length == 0) return target;
  return target + (target.includes("?") ? "&" : "?") + query;
}
