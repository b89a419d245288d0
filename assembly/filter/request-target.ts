// What a request asks for, and where it goes: from the client's path to the provider's.
import { ApiError } from "../openai/api-error";
import { Protocol } from "../providers/provider-settings";
import { Headers } from "../proxy-wasm/headers";
import { Capability, modelInPath } from "../routing/capability";
import { Endpoint } from "../routing/endpoint";
import { findEndpoint } from "../routing/endpoint-table";
import { decodePathSegment, encodePathSegment } from "../text/url";
import { withBase, withoutBase } from "./base-path";
import { Exchange } from "./exchange";
import { mapModelOfQuery, modelOfQuery } from "./realtime-request";
import {
  becomeChat,
  CHAT_PATH,
  dialectOf,
  lackingEndpoint,
  needsTranslation,
} from "./client-protocol";

const PARAMETERS: string[] = [];

/** Takes the method, path and query of the client's request. Its endpoint, or null: it is none that is known. */
export function readTarget(exchange: Exchange, headers: Headers): Endpoint | null {
  const call = exchange.call;
  const target = headers.get(":path");
  exchange.target = target;
  const mark = target.indexOf("?");
  call.method = headers.is(":method", "POST") ? "POST" : headers.get(":method");
  const path = mark < 0 ? target : target.substring(0, mark);
  const settings = exchange.config.exchange;
  exchange.dialect = dialectOf(path);
  call.clientPath = settings.prependsBasePath ? path : withoutBase(path, settings.basePath);
  if (settings.chatPath.length > 0 && call.clientPath == settings.chatPath) {
    call.clientPath = CHAT_PATH;
  }
  call.query = mark < 0 ? "" : target.substring(mark + 1);
  PARAMETERS.length = 0;
  const endpoint = findEndpoint(call.clientPath, PARAMETERS);
  if (PARAMETERS.length > 0) call.pathParameters = PARAMETERS.slice();
  return endpoint;
}

/** Refuses what is no endpoint, or none of this provider's. */
export function checkEndpoint(exchange: Exchange, endpoint: Endpoint | null): ApiError | null {
  const call = exchange.call;
  if (endpoint === null) {
    const message = `Invalid URL (${call.method} ${call.clientPath})`;
    return new ApiError(404, "invalid_request_error", "", message);
  }
  if (!endpoint.takes(call.method)) {
    const message = `Not allowed to ${call.method} on ${call.clientPath}. Use ${endpoint.methods}.`;
    return new ApiError(405, "invalid_request_error", "method_not_supported", message);
  }
  const provider = exchange.config.provider;
  if (provider.pathTemplate(endpoint.capability).length > 0) return null;
  if (needsTranslation(exchange, endpoint.capability)) return null;
  return lackingEndpoint(exchange, endpoint.capability);
}

/** Makes the exchange one of this endpoint, or of the one that it is translated to. */
export function takeEndpoint(exchange: Exchange, endpoint: Endpoint): void {
  const call = exchange.call;
  call.capability = endpoint.capability;
  const isOriginal = exchange.config.protocol == Protocol.Original;
  if (!isOriginal && needsTranslation(exchange, call.capability)) becomeChat(exchange);
  // What is sent on as it is keeps its model.
  if (call.capability == Capability.VertexRaw) return;
  if (call.capability == Capability.Realtime && !isOriginal) mapModelOfQuery(exchange);
  if (call.capability == Capability.Model && call.pathParameters.length > 0) {
    const name = decodePathSegment(call.pathParameters[0]);
    const own = exchange.modelFor(name);
    if (own != name) call.pathParameters = [encodePathSegment(own)];
  }
  const model = modelInPath(call.capability, call.pathParameters);
  if (model.length == 0) return;
  call.requestedModel = decodePathSegment(model);
  call.model = exchange.modelFor(call.requestedModel);
}

/** The model that a path, whose `parameters` these are, or its query names; "": none. */
export function modelOfTarget(
  capability: Capability,
  target: string,
  parameters: string[],
): string {
  if (capability != Capability.Realtime) {
    return decodePathSegment(modelInPath(capability, parameters));
  }
  const mark = target.indexOf("?");
  return mark < 0 ? "" : modelOfQuery(target.substring(mark + 1));
}

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
