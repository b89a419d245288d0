// The configuration parser as a module of its own, so that Node can ask it for its verdicts.
import { ConfigReport } from "../assembly/config/config-report";
import { ConfigSource, FieldReader } from "../assembly/config/field-reader";
import { PluginConfig, readRule } from "../assembly/config/plugin-config";
import { readProviderConfig } from "../assembly/config/provider-config";
import { capabilityKeys } from "../assembly/routing/endpoint-table";
import { applyCustomSettings } from "../assembly/config/custom-settings";
import { Document } from "../assembly/json/document";
import { JsonEdit } from "../assembly/json/edit";
import { knownTypes } from "../assembly/providers/registry";
import { ByteWriter } from "../assembly/text/byte-writer";

function parse(json: string, names: string[], values: string[]): PluginConfig {
  const environment = new Map<string, string>();
  for (let i = 0; i < names.length; ++i) environment.set(names[i], values[i]);
  const bytes = new ByteWriter();
  bytes.text(json);
  const config = PluginConfig.parse(bytes.ptr, bytes.length, environment);
  // What the configuration keeps must not lie in the bytes that it was read from.
  memory.fill(bytes.ptr, 0xff, bytes.length);
  bytes.release();
  return config;
}

/** The error, "" for none, and behind it the warnings. */
export function check(json: string, names: string[], values: string[]): string[] {
  const config = parse(json, names, values);
  return [config.error].concat(config.warnings);
}

/** The id of a request's provider, its type where it has no id; "" where there is none. */
export function match(json: string, host: string, route: string, cluster: string): string {
  const config = parse(json, [], []);
  if (config.error.length > 0) return config.error;
  const provider = config.match(host, route, cluster);
  if (!provider) return "";
  return provider.settings.id.length > 0 ? provider.settings.id : provider.settings.type;
}

/** The name that the active provider hears for a model. */
export function mapModel(json: string, model: string): string {
  const config = parse(json, [], []);
  const provider = config.match("", "", "");
  return provider ? provider.modelMapping.map(model) : config.error;
}

/** Values of the active provider's tokens. */
export function tokens(json: string, names: string[], values: string[]): string[] {
  const config = parse(json, names, values);
  const provider = config.match("", "", "");
  if (!provider) return [config.error];
  const shown: string[] = [];
  for (let i = 0; i < provider.tokens.length; ++i) {
    shown.push(provider.tokens[i].id + "=" + provider.tokens[i].value);
  }
  return shown;
}

/** A request with the active provider's custom settings. */
export function customize(json: string, request: string): string {
  const config = parse(json, [], []);
  const provider = config.match("", "", "");
  if (!provider) return config.error;
  const bytes = new ByteWriter();
  bytes.text(request);
  const doc = new Document();
  if (!doc.parse(bytes.ptr, bytes.length)) return "not JSON";
  const edit = new JsonEdit();
  edit.begin(doc);
  applyCustomSettings(provider.customSettings, doc, edit);
  const out = new ByteWriter();
  edit.apply(out);
  return out.toString();
}

/**
 * The keys that the parser knows: `top`, `rule`, `provider`, `capabilities`, or `types` for the
 * providers' types.
 */
export function known(level: string): string[] {
  if (level == "types") return knownTypes();
  if (level == "capabilities") return capabilityKeys();
  const bytes = new ByteWriter();
  bytes.ascii("{}");
  const doc = new Document();
  doc.parse(bytes.ptr, bytes.length);
  const source = new ConfigSource(doc, new ConfigReport(), new Map<string, string>());
  const reader = new FieldReader(source, doc.root(), "");
  if (level == "top") new PluginConfig().read(reader);
  else if (level == "rule") readRule(reader, []);
  else readProviderConfig(reader);
  return reader.known;
}
