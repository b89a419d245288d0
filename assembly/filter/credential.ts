// Which credential a request gets: the token that its client names, one of the configured ones, or the client's own.
import { Document } from "../json/document";
import { ApiError, invalidType, invalidValue } from "../openai/api-error";
import { Headers } from "../proxy-wasm/headers";
import { Capability } from "../routing/capability";
import { timeText } from "../text/date";
import { Exchange } from "./exchange";
import { takeSubprotocolKey } from "./realtime-request";
import { clientCredential } from "./request-headers";
import { chooseTokenAt, watchProvider } from "./token-choice";
import { loadPool, nowMilliseconds } from "./token-health";

/** With `tokenFromRequest`: the header that names a token, and the member of a body where there is no such header. */
export const TOKEN_HEADER: string = "x-auth-id";
export const TOKEN_MEMBER: string = "index";

/** Finds the credential that the headers tell; a configured token comes before the client's own. */
export function chooseCredential(exchange: Exchange, headers: Headers): ApiError | null {
  const config = exchange.config;
  const call = exchange.call;
  // The provider has found its credential in headers of its own.
  if (call.token.length > 0) return null;
  const inProtocol = call.capability == Capability.Realtime ? takeSubprotocolKey(headers) : "";
  if (config.tokens.length > 0) {
    exchange.token = chooseTokenAt(exchange, headers);
    call.token = config.tokens[exchange.token].value;
    return config.exchange.takesToken ? nameToken(exchange, headers.get(TOKEN_HEADER)) : null;
  }
  watchProvider(exchange);
  if (config.provider.serviceAccount !== null) return null;
  call.token = clientCredential(headers, config.settings.authHeaderKey);
  if (call.token.length == 0) call.token = inProtocol;
  call.isClientToken = true;
  if (call.token.length > 0 || !config.provider.needsToken()) return null;
  return exchange.dialect.missingKey();
}

/** Takes the token that a body names, unless a header has named one. */
export function chooseTokenOfBody(exchange: Exchange, doc: Document): ApiError | null {
  const config = exchange.config;
  if (!config.exchange.takesToken || exchange.hasNamedToken) return null;
  const value = doc.get(doc.root(), TOKEN_MEMBER);
  if (doc.absent(value) || config.tokens.length == 0) return null;
  if (doc.isString(value)) return useNamed(exchange, doc.string(value), TOKEN_MEMBER);
  const place = doc.isNumber(value) ? doc.integer(value, -1) : -1;
  if (place < 0) return invalidType(TOKEN_MEMBER, "the id of a token, or its place in the list");
  const isThere = findToken(exchange, place.toString()) < 0 && place < config.tokens.length;
  const id = isThere ? config.tokens[<i32>place].id : place.toString();
  return useNamed(exchange, id, TOKEN_MEMBER);
}

function nameToken(exchange: Exchange, id: string): ApiError | null {
  return id.length == 0 ? null : useNamed(exchange, id, TOKEN_HEADER);
}

function findToken(exchange: Exchange, id: string): i32 {
  const tokens = exchange.config.tokens;
  for (let i = 0; i < tokens.length; ++i) if (tokens[i].id == id) return i;
  return -1;
}

/** Uses one token and no other: what fails with it is not repeated with another one. */
function useNamed(exchange: Exchange, id: string, param: string): ApiError | null {
  const config = exchange.config;
  const at = findToken(exchange, id);
  if (at < 0) {
    return invalidValue(param, `The provider '${config.name}' has no token with the id '${id}'.`);
  }
  exchange.hasNamedToken = true;
  exchange.token = at;
  exchange.call.token = config.tokens[at].value;
  const use = exchange.tokenUse;
  if (use === null) return null;
  use.token = at;
  use.left = 0;
  use.wasOut = false;
  const pool = config.failover;
  if (pool === null) return null;
  const known = loadPool(pool).find(pool.hashes[at]);
  use.hasPast = known !== null;
  if (known === null || !pool.isOut(known, nowMilliseconds())) return null;
  const until = pool.probes ? "" : ` until ${timeText(known.until)}`;
  const message = `The token '${id}' of the provider '${config.name}' is out of use${until}.`;
  return new ApiError(503, "server_error", "token_unavailable", message, param);
}
