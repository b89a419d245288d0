// The plugin's configuration as a whole: JSON text → the provider of each request.
import { Document, JsonError, JsonKind, jsonErrorText } from "../json/document";
import { ConfigReport } from "./config-report";
import { ConfigSource, FieldReader } from "./field-reader";
import { GatewayConfig, readGateway } from "./gateway-config";
import { elementPath, quoted } from "./json-path";
import { suggestion } from "./nearest-name";
import { ProviderConfig, readProviderConfig } from "./provider-config";
import { Rule } from "./rules";
import { readTelemetry, TelemetrySettings } from "./telemetry-settings";

/** 32 MiB, the buffer limit of the configuration that comes with the plugin. */
const DEFAULT_BODY_LIMIT: i32 = 32 << 20;

/** Only while a configuration is read. */
const DOCUMENT: Document = new Document();

/** One configuration. It keeps nothing of the bytes that it was read from, and never changes. */
export class PluginConfig {
  /** "" or `<JSON path>: <what was expected>`; then nothing else here means anything. */
  error: string = "";
  /** Bytes that a request's JSON body may have. */
  requestBodyLimit: i32 = DEFAULT_BODY_LIMIT;
  /** The rules of a gateway in front of the providers. Null: this configuration is none. */
  gateway: GatewayConfig | null = null;
  /** The plugin stands in a provider's cluster, and sees each attempt. */
  isAttempt: bool = false;
  /** How many attempts of a request there may be side by side; 0: one after the other. */
  hedgedAttempts: i32 = 0;
  /** Milliseconds between the beginnings of two of them. */
  hedgeDelay: i32 = 0;
  /** What operators are told. */
  telemetry: TelemetrySettings = new TelemetrySettings();
  /** What is odd but no error, each as `<JSON path>: <text>`. */
  warnings: string[] = [];
  /** The provider of requests that no rule matches. Null: they are left alone. */
  private fallback: ProviderConfig | null = null;
  private readonly rules: Rule[] = [];
  /** The providers that the host which was chosen for an attempt may name. */
  private readonly named: ProviderConfig[] = [];

  /** Reads UTF-8 JSON. Text without any value is a configuration that does nothing. */
  static parse(ptr: usize, length: i32, environment: Map<string, string>): PluginConfig {
    const config = new PluginConfig();
    const report = new ConfigReport();
    if (DOCUMENT.parse(ptr, length)) {
      const source = new ConfigSource(DOCUMENT, report, environment);
      config.read(new FieldReader(source, DOCUMENT.root(), ""));
    } else if (!isBlank(ptr, length)) {
      report.fail("", syntaxError(ptr));
    }
    DOCUMENT.release();
    config.error = report.error;
    config.warnings = report.warnings;
    return config;
  }

  /** Whether routes, hosts or clusters must be known to find the provider. */
  get needsMatch(): bool {
    return this.rules.length > 0;
  }

  /**
   * The provider of a request: that of the first rule that matches, else the global one. Null:
   * leave it alone.
   */
  match(host: string, routeName: string, clusterName: string): ProviderConfig | null {
    const rules = this.rules;
    for (let i = 0, count = rules.length; i < count; ++i) {
      const rule = rules[i];
      if (rule.matches(host, routeName, clusterName)) return rule.provider;
    }
    return this.fallback;
  }

  /** Whether each attempt's host says which provider it is. */
  get isToldByHost(): bool {
    return this.named.length > 0;
  }

  /** The provider that a host names, or null. */
  ofHost(id: string): ProviderConfig | null {
    for (let i = 0; i < this.named.length; ++i) {
      if (this.named[i].settings.id == id) return this.named[i];
    }
    return null;
  }

  /** The providers that requests can reach. */
  get active(): ProviderConfig[] {
    const active = this.named.slice(0);
    for (let i = -1; i < this.rules.length; ++i) {
      const config = i < 0 ? this.fallback : this.rules[i].provider;
      if (config !== null && !active.includes(config)) active.push(config);
    }
    return active;
  }

  /** The providers whose failing tokens are given back by health checks, each once. */
  probed(): ProviderConfig[] {
    const probed: ProviderConfig[] = [];
    const keys: string[] = [];
    const active = this.active;
    for (let i = 0; i < active.length; ++i) {
      const config = active[i];
      const pool = config.failover;
      if (pool === null || !pool.probes || keys.includes(pool.key)) continue;
      keys.push(pool.key);
      probed.push(config);
    }
    return probed;
  }

  /** Reads the outermost object; errors and warnings are the reader's. */
  read(reader: FieldReader): void {
    const doc = reader.doc;
    if (!doc.isObject(reader.object)) {
      reader.expected("an object", reader.object, "");
      return;
    }
    reader.string("_plugin_id_");
    const limit = reader.integer("requestBodyLimit", 1, i32.MAX_VALUE, DEFAULT_BODY_LIMIT);
    this.requestBodyLimit = limit;
    this.isAttempt = reader.choice("placement", ["listener", "cluster"], "listener") == "cluster";
    this.hedgedAttempts = reader.integer("hedgedAttempts", 0, 999, 0);
    this.hedgeDelay = reader.integer("hedgeDelay", 0, i32.MAX_VALUE, 0);
    this.telemetry = readTelemetry(reader);
    reader.source.isCluster = this.isAttempt;
    this.gateway = readGateway(reader);
    if (this.gateway && this.isAttempt) {
      reader.report.fail("models", "has no meaning where placement is cluster");
    }
    const providers: ProviderConfig[] = [];
    this.fallback = readActive(reader, providers);
    const list = reader.valueOf("_rules_", JsonKind.Array);
    reader.warnOfUnknown();
    for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
      const path = elementPath("_rules_", this.rules.length);
      if (!reader.check(item, JsonKind.Object, path)) break;
      this.rules.push(readRule(reader.inner(item, path), providers));
    }
    if (this.isAttempt && this.fallback === null && this.rules.length == 0) {
      for (let i = 0; i < providers.length; ++i) this.named.push(providers[i]);
    }
    const active = this.active;
    const isMetered = this.telemetry.countsMetrics;
    for (let i = 0; i < active.length; ++i) active[i].isMetered = isMetered;
    if (list >= 0 && this.rules.length == 0 && !hasGlobalKeys(doc)) {
      reader.report.fail(
        "_rules_",
        "expected at least one rule, since there is no global configuration",
      );
    }
  }
}

/** A rule sees the global providers, its own ones before them. */
export function readRule(reader: FieldReader, global: ProviderConfig[]): Rule {
  const rule = new Rule();
  rule.readMatchers(reader);
  rule.provider = readActive(reader, global.slice(0));
  reader.warnOfUnknown();
  return rule;
}

/**
 * Reads `provider`, or `providers` with `activeProviderId`. The active provider, or null where
 * there is none; the configured ones are put before those in `providers`.
 */
function readActive(reader: FieldReader, providers: ProviderConfig[]): ProviderConfig | null {
  const report = reader.report;
  const object = reader.valueOf("provider", JsonKind.Object);
  const list = reader.valueOf("providers", JsonKind.Array);
  const activeId = reader.string("activeProviderId");
  readProviders(reader, list, providers);
  if (object >= 0) {
    const single = readProviderConfig(reader.inner(object, reader.pathOf("provider")));
    if (single) providers.unshift(single);
    if (list >= 0) warnIgnored(reader, "providers");
    if (activeId.length > 0) warnIgnored(reader, "activeProviderId");
    return single;
  }
  if (report.failed) return null;
  if (activeId.length == 0) return onlyOne(reader, list, providers);
  const ids: string[] = [];
  for (let i = 0; i < providers.length; ++i) {
    const id = providers[i].settings.id;
    if (id == activeId) return providers[i];
    if (id.length > 0) ids.push(id);
  }
  const near = suggestion(activeId, ids);
  report.fail(
    reader.pathOf("activeProviderId"),
    "no provider has the id " + quoted(activeId) + near,
  );
  return null;
}

/**
 * The one provider of a list that has no id, and so could never be chosen: it is meant. Rules choose for
 * themselves.
 */
function onlyOne(
  reader: FieldReader,
  list: i32,
  providers: ProviderConfig[],
): ProviderConfig | null {
  if (reader.doc.size(list) != 1 || providers[0].settings.id.length > 0) return null;
  return reader.doc.get(reader.doc.root(), "_rules_") < 0 ? providers[0] : null;
}

function readProviders(reader: FieldReader, list: i32, providers: ProviderConfig[]): void {
  const doc = reader.doc;
  const own: ProviderConfig[] = [];
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    const path = elementPath(reader.pathOf("providers"), own.length);
    if (!reader.check(item, JsonKind.Object, path)) return;
    const fields = reader.inner(item, path);
    const provider = readProviderConfig(fields);
    if (!provider) return;
    if (doc.size(list) > 1) checkId(fields, provider.settings.id, own);
    own.push(provider);
  }
  for (let i = own.length - 1; i >= 0; --i) providers.unshift(own[i]);
}

function checkId(fields: FieldReader, id: string, earlier: ProviderConfig[]): void {
  const path = fields.pathOf("id");
  if (id.length == 0) fields.report.warn(path, "without an id the provider can never be active");
  for (let i = 0; i < earlier.length; ++i) {
    if (id.length == 0 || earlier[i].settings.id != id) continue;
    fields.report.fail(
      path,
      "providers[" + i.toString() + "] has the id " + quoted(id) + " already",
    );
  }
}

function warnIgnored(reader: FieldReader, name: string): void {
  reader.report.warn(reader.pathOf(name), "has no effect beside provider");
}

/** Whether anything but rules is configured. */
function hasGlobalKeys(doc: Document): bool {
  for (let value = doc.first(doc.root()); value >= 0; value = doc.next(value)) {
    const isGlobal =
      !doc.keyIs(value, "_rules_") &&
      !doc.keyIs(value, "_plugin_id_") &&
      !doc.keyIs(value, "requestBodyLimit");
    if (isGlobal) return true;
  }
  return false;
}

function isBlank(ptr: usize, length: i32): bool {
  return (
    DOCUMENT.error == JsonError.UnexpectedEnd &&
    String.UTF8.decodeUnsafe(ptr, length).trim().length == 0
  );
}

/** `line 2, column 5 (byte 17): unexpected byte`; lines and columns count from 1, bytes from 0. */
function syntaxError(ptr: usize): string {
  const before = String.UTF8.decodeUnsafe(ptr, DOCUMENT.errorOffset).split("\n");
  const line = before.length.toString();
  const column = (before[before.length - 1].length + 1).toString();
  const place =
    "line " + line + ", column " + column + " (byte " + DOCUMENT.errorOffset.toString() + ")";
  return place + ": " + jsonErrorText(DOCUMENT.error);
}
