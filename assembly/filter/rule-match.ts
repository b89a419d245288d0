// Whether a rule of the gateway is about a request.
import { Document } from "../json/document";
import { Headers } from "../proxy-wasm/headers";
import { ModelRule } from "../routing/model-router";

/** Whether a request has the headers that a rule asks for. */
export function fitsHeaders(rule: ModelRule, headers: Headers): bool {
  for (let i = 0; i < rule.headers.length; ++i) {
    const match = rule.headers[i];
    if (headers.get(match.name) != match.value) return false;
  }
  return true;
}

/** Whether a request's body has the members that a rule asks for. */
export function fitsBody(rule: ModelRule, doc: Document): bool {
  for (let i = 0; i < rule.members.length; ++i) {
    if (!rule.members[i].matches(doc)) return false;
  }
  return true;
}
