// Sessions over WebSocket: the model stands in the query, and the key of a browser among the subprotocols.
// https://platform.openai.com/docs/guides/realtime-websocket
import { Headers, setHeader } from "../proxy-wasm/headers";
import { HeaderMapType } from "../proxy-wasm/types";
import { decodePathSegment, encodeSegment } from "../text/url";
import { Exchange } from "./exchange";

const MODEL: string = "model=";
const SUBPROTOCOLS: string = "sec-websocket-protocol";
/** What a subprotocol begins with that is a key. */
const KEY: string = "openai-insecure-api-key.";

/** The model that a query names, or "". */
export function modelOfQuery(query: string): string {
  const members = query.split("&");
  for (let i = 0; i < members.length; ++i) {
    if (members[i].startsWith(MODEL)) return decodePathSegment(members[i].substring(MODEL.length));
  }
  return "";
}

/** Maps the model of a session in its query. */
export function mapModelOfQuery(exchange: Exchange): void {
  const call = exchange.call;
  call.requestedModel = modelOfQuery(call.query);
  call.model = exchange.modelFor(call.requestedModel);
  if (call.model == call.requestedModel) return;
  const members = call.query.length > 0 ? call.query.split("&") : [];
  const own = MODEL + encodeSegment(call.model);
  let at = 0;
  while (at < members.length && !members[at].startsWith(MODEL)) ++at;
  if (at < members.length) members[at] = own;
  else members.push(own);
  call.query = members.join("&");
}

/** Takes the client's key out of the subprotocols, where it is among them; "" where it is not. */
export function takeSubprotocolKey(headers: Headers): string {
  const all = headers.get(SUBPROTOCOLS);
  if (!all.includes(KEY)) return "";
  const kept: string[] = [];
  let key = "";
  const names = all.split(",");
  for (let i = 0; i < names.length; ++i) {
    const name = names[i].trim();
    if (name.startsWith(KEY)) key = name.substring(KEY.length);
    else kept.push(name);
  }
  setHeader(HeaderMapType.RequestHeaders, SUBPROTOCOLS, kept.join(", "));
  return key;
}
