// Where a request of a client wants to go: its path, the endpoint that it names, and the model in its path or query.
import { ApiError } from "../openai/api-error";
import { Protocol } from "../providers/provider-settings";
import { Headers } from "../proxy-wasm/headers";
import { Capability } from "../routing/capability";
import { Endpoint } from "../routing/endpoint";
import { withoutBase } from "./base-path";
import { Exchange } from "./exchange";
import { CHAT_PATH, needsTranslation, speaksAnthropic } from "./messages-client";
import { mapModelOfQuery, modelOfQuery } from "./realtime-request";

/** Takes method, path and query from the headers. */
export function readTarget(exchange: Exchange, headers: Headers): void {
  const call = exchange.call;
  const target = headers.get(":path");
  exchange.target = target;
  const mark = target.indexOf("?");
  call.method = headers.is(":method", "POST") ? "POST" : headers.get(":method");
  const path = mark < 0 ? target : target.substring(0, mark);
  const settings = exchange.config.exchange;
  exchange.speaksAnthropic = speaksAnthropic(path);
  call.clientPath = settings.prependsBasePath ? path : withoutBase(path, settings.basePath);
  if (settings.chatPath.length > 0 && call.clientPath == settings.chatPath) {
    call.clientPath = CHAT_PATH;
  }
  call.query = mark < 0 ? "" : target.substring(mark + 1);
}

/** The error where there is no such endpoint, or the provider does not have it. */
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
  const message = `The provider '${provider.id}' does not have ${call.clientPath}.`;
  return new ApiError(404, "invalid_request_error", "unsupported_endpoint", message);
}

/** Takes the model of an endpoint that has it in its path or query, as the provider shall hear it. */
export function readModelOfTarget(exchange: Exchange): void {
  const call = exchange.call;
  switch (call.capability) {
    case Capability.Realtime:
      if (exchange.config.protocol != Protocol.Original) mapModelOfQuery(exchange);
      break;
    case Capability.GenerateContent:
    case Capability.StreamGenerateContent:
      call.requestedModel = call.pathParameters[1];
      call.model = exchange.modelFor(call.requestedModel);
  }
}

/** The model that a path, whose `parameters` these are, or its query names; "": none. */
export function modelOfTarget(
  capability: Capability,
  target: string,
  parameters: string[],
): string {
  switch (capability) {
    case Capability.Realtime: {
      const mark = target.indexOf("?");
      return mark < 0 ? "" : modelOfQuery(target.substring(mark + 1));
    }
    case Capability.GenerateContent:
    case Capability.StreamGenerateContent:
      return parameters[1];
    default:
      return "";
  }
}
