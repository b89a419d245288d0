// The gateway's part of a configuration: which providers serve which models.
import { JsonKind } from "../json/document";
import { FieldMatch, ModelRule, RouteTarget, Strategy } from "../routing/model-router";
import { Consumers, readConsumers } from "./consumer";
import { FieldReader } from "./field-reader";
import { elementPath, memberPath, quoted } from "./json-path";
import { addPatterns } from "./model-patterns";

/** In the order of `Strategy`. */
// @ts-ignore: decorator
@lazy
const STRATEGIES: StaticArray<string> = ["priority", "weighted", "round-robin", "random", "hedge"];

/** Ids and names stand in headers and lists: letters, digits and these. */
const NAME_SIGNS: string = "-_.:/@*~ ";

/** The rules of a gateway; never changes. */
export class GatewayConfig {
  readonly rules: ModelRule[] = [];
  /** Who may use it. Null: everybody, with keys of their own. */
  consumers: Consumers | null = null;

  /** The names that clients can ask for, in order, each once; prefixes and expressions are none. */
  modelNames(): string[] {
    const names: string[] = [];
    for (let i = 0; i < this.rules.length; ++i) {
      const own = this.rules[i].names;
      for (let at = 0; at < own.length; ++at) if (!names.includes(own[at])) names.push(own[at]);
    }
    return names;
  }
}

/** Reads `models` and `consumers`. Null: there are no `models`. */
export function readGateway(reader: FieldReader): GatewayConfig | null {
  const list = reader.valueOf("models", JsonKind.Array);
  const consumers = readConsumers(reader);
  if (list < 0) {
    // Who wrote it believes that keys are asked for.
    if (consumers !== null) reader.report.fail("consumers", "has no meaning without models");
    return null;
  }
  const config = new GatewayConfig();
  config.consumers = consumers;
  const doc = reader.doc;
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    const path = elementPath(reader.pathOf("models"), config.rules.length);
    if (!reader.check(item, JsonKind.Object, path)) return config;
    const rule = readRule(reader.inner(item, path));
    for (let i = 0; i < config.rules.length; ++i) {
      if (config.rules[i].name != rule.name) continue;
      reader.report.fail(path, "another rule has the name " + quoted(rule.name));
    }
    config.rules.push(rule);
  }
  if (config.rules.length == 0) reader.report.fail(reader.pathOf("models"), "expected a rule");
  return config;
}

function readRule(reader: FieldReader): ModelRule {
  const patterns = reader.stringList("model");
  const own = reader.text("name");
  const rule = new ModelRule(own.length > 0 ? own : patterns.length > 0 ? patterns[0] : "default");
  checkName(reader, rule.name, reader.pathOf(own.length > 0 ? "name" : "model"));
  addPatterns(reader, "model", patterns, rule);
  readMatches(reader, "headers", rule.headers);
  readMatches(reader, "body", rule.members);
  readTargets(reader, rule);
  const words: string[] = [];
  for (let i = 0; i < STRATEGIES.length; ++i) words.push(STRATEGIES[i]);
  rule.strategy = <Strategy>words.indexOf(reader.choice("strategy", words, "priority"));
  reader.warnOfUnknown();
  return rule;
}

function readMatches(reader: FieldReader, name: string, matches: FieldMatch[]): void {
  const texts = reader.stringMap(name);
  const keys = texts.keys();
  for (let i = 0; i < keys.length; ++i) {
    const key = name == "headers" ? keys[i].toLowerCase() : keys[i];
    matches.push(new FieldMatch(key, texts.get(keys[i])));
  }
}

function readTargets(reader: FieldReader, rule: ModelRule): void {
  const doc = reader.doc;
  const list = reader.valueOf("providers", JsonKind.Array);
  const at = reader.pathOf("providers");
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    const path = elementPath(at, rule.targets.length);
    if (doc.isString(item)) {
      addTarget(reader, rule, new RouteTarget(doc.string(item), 1, ""), path);
    } else if (reader.check(item, JsonKind.Object, path)) {
      const fields = reader.inner(item, path);
      const id = fields.text("id");
      const weight = fields.integer("weight", 0, 1_000_000, 1);
      const model = fields.text("model");
      const attempts = fields.integer("attempts", 1, 100, 1);
      fields.warnOfUnknown();
      if (model.includes(",")) fields.report.fail(memberPath(path, "model"), "holds a comma");
      addTarget(reader, rule, new RouteTarget(id, weight, model, attempts), path);
    } else {
      return;
    }
  }
  if (rule.targets.length == 0) reader.report.fail(at, "expected at least one provider");
}

function addTarget(reader: FieldReader, rule: ModelRule, target: RouteTarget, path: string): void {
  checkName(reader, target.id, path);
  for (let i = 0; i < rule.targets.length; ++i) {
    if (rule.targets[i].id == target.id) reader.report.fail(path, "names a provider twice");
  }
  rule.targets.push(target);
}

/** Names go into headers, and `,` and `=` separate them there. */
function checkName(reader: FieldReader, name: string, path: string): void {
  if (name.length == 0) reader.report.fail(path, "expected a name");
  for (let i = 0; i < name.length; ++i) {
    const code = name.charCodeAt(i);
    const isWord =
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      (code >= 0x30 && code <= 0x39);
    if (isWord || NAME_SIGNS.includes(name.charAt(i))) continue;
    const shown = code < 0x20 || code == 0x7f ? "control character" : name.charAt(i);
    reader.report.fail(path, "holds a " + shown + "; give the rule a name");
    return;
  }
}
