// An answer that the filter gives itself: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/local_reply
import { HeaderMap, type HeaderPairs } from "./header-map.ts";

/** Status, headers and body of a reply; `details` go to Envoy's access log. */
export interface LocalReply {
  readonly status: number;
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
  readonly details: string;
}

/** The response headers that Envoy makes of a local reply. */
export function localReplyHeaders(reply: LocalReply): HeaderMap {
  const headers = new HeaderMap("response", [[":status", String(reply.status)], ...reply.headers]);
  if (reply.body.length === 0) {
    headers.remove("content-length");
    headers.remove("content-type");
    return headers;
  }
  headers.replace("content-length", String(reply.body.length));
  if (headers.get("content-type") === null) headers.replace("content-type", "text/plain");
  return headers;
}

const LOST = "upstream connect error or disconnect/reset before headers. reset reason: ";

/** The provider's connection broke before its headers came. */
export const LOST_BEFORE_HEADERS = plainReply(
  503,
  `${LOST}connection termination`,
  "upstream_reset_before_response_started",
);

/** The provider's connection broke in the body, while the filter held the headers. */
export const LOST_AFTER_HEADERS = plainReply(
  502,
  `${LOST}protocol error`,
  "upstream_reset_after_response_started",
);

/** More of a request was buffered than the limit allows. */
export const REQUEST_TOO_LARGE = plainReply(413, "Payload Too Large", "request_payload_too_large");

/** More of a response was buffered than the limit allows. */
export const RESPONSE_TOO_LARGE = plainReply(
  500,
  "Internal Server Error",
  "response_payload_too_large",
);

function plainReply(status: number, text: string, details: string): LocalReply {
  return { status, headers: [], body: new TextEncoder().encode(text), details };
}
