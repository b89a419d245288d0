// Which rule of the gateway is about a request.
import { Document } from "../json/document";
import { Headers } from "../proxy-wasm/headers";
import { ModelRule } from "../routing/model-router";

/** The rules that a request's headers allow, in their order. */
export function candidatesFor(rules: ModelRule[], headers: Headers): ModelRule[] {
  const candidates: ModelRule[] = [];
  for (let i = 0; i < rules.length; ++i) {
    if (fitsHeaders(rules[i], headers)) candidates.push(rules[i]);
  }
  return candidates;
}

/**
 * The first of some rules that takes a model, or a request without one (""). `wanted`: the provider that it has to have, or "".
 * `doc` is null where there is no body to look at.
 */
export function findRule(
  rules: ModelRule[],
  model: string,
  wanted: string,
  doc: Document | null,
): ModelRule | null {
  for (let i = 0; i < rules.length; ++i) {
    const rule = rules[i];
    if (wanted.length > 0 && rule.placeOf(wanted) < 0) continue;
    if (rule.namesModels && (model.length == 0 || !rule.takes(model))) continue;
    if (rule.members.length == 0) return rule;
    if (doc === null) continue;
    if (fitsBody(rule, doc)) return rule;
  }
  return null;
}

/** The rule whose providers are asked for all models, or for one. */
export function findListRule(rules: ModelRule[], name: string): ModelRule | null {
  if (name.length > 0) return findRule(rules, name, "", null);
  for (let i = 0; i < rules.length; ++i) if (rules[i].members.length == 0) return rules[i];
  return null;
}

/** Whether a request has the headers that a rule asks for. */
function fitsHeaders(rule: ModelRule, headers: Headers): bool {
  for (let i = 0; i < rule.headers.length; ++i) {
    const match = rule.headers[i];
    if (headers.get(match.name) != match.value) return false;
  }
  return true;
}

/** Whether a request's body has the members that a rule asks for. */
function fitsBody(rule: ModelRule, doc: Document): bool {
  for (let i = 0; i < rule.members.length; ++i) {
    if (!rule.members[i].matches(doc)) return false;
  }
  return true;
}
