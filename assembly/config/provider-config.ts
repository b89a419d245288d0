// One provider as it is configured: settings, credentials, and what happens to requests before the
// provider sees them.
import { Provider } from "../providers/provider";
import { ProviderSettings, Protocol } from "../providers/provider-settings";
import { createProvider, knownTypes } from "../providers/registry";
import { RetryRules } from "../routing/retry-rules";
import { TokenPicker } from "../routing/token-picker";
import { TokenPool } from "../routing/token-pool";
import { ApiToken, readTokens } from "./api-token";
import { CustomSetting, readCustomSettings } from "./custom-setting";
import { ExchangeSettings, readExchangeSettings } from "./exchange-settings";
import { chatsByWebSocket, checkProbes, readFailover, readPicker, readRetry } from "./failover";
import { FieldReader } from "./field-reader";
import { elementPath, memberPath, quoted } from "./json-path";
import { ModelMapping } from "./model-mapping";
import { nearestNames, suggestion } from "./nearest-name";
import { readSettings } from "./provider-fields";

/** Milliseconds that calls beside the request may take. */
const DEFAULT_TIMEOUT: i32 = 120_000;

/** A valid configuration of one provider; never changes. */
export class ProviderConfig {
  timeout: i32 = DEFAULT_TIMEOUT;
  tokens: ApiToken[] = [];
  customSettings: CustomSetting[] = [];
  exchange: ExchangeSettings = new ExchangeSettings();
  /** Null: failing tokens stay in use. */
  failover: TokenPool | null = null;
  /** Null: failed requests are not repeated. */
  retry: RetryRules | null = null;
  /** Chooses among several tokens. */
  picker: TokenPicker = new TokenPicker();
  /** The state of its keys is told in metrics. */
  isMetered: bool = false;
  readonly modelMapping: ModelMapping = new ModelMapping();

  constructor(
    readonly provider: Provider,
    readonly settings: ProviderSettings,
  ) {}

  /** What the provider is called in messages: its id, else its type. */
  get name(): string {
    return this.settings.id.length > 0 ? this.settings.id : this.provider.id;
  }

  /** Which protocol the clients speak. */
  get protocol(): Protocol {
    return this.settings.protocol;
  }

  /** Requests may have to wait for a call of the plugin's own. */
  get needsFetch(): bool {
    return this.exchange.context !== null || this.provider.serviceAccount !== null;
  }
}

/** Reads the object of a provider. Null: the report has an error. */
export function readProviderConfig(reader: FieldReader): ProviderConfig | null {
  const settings = new ProviderSettings();
  readSettings(reader, settings);
  const tokens = readTokens(reader);
  settings.hasTokens = tokens.length > 0;
  const timeout = reader.integer("timeout", 1, i32.MAX_VALUE, DEFAULT_TIMEOUT);
  const protocol = settings.protocol == Protocol.Original ? settings.type : "openai";
  const customSettings = readCustomSettings(reader, protocol);
  const mapping = reader.stringMap("modelMapping");
  const exchange = readExchangeSettings(reader, settings);
  const picker = readPicker(reader);
  const failover = readFailover(reader, tokens, picker);
  if (picker.needsPast && failover === null) {
    reader.report.warn(reader.pathOf("tokenStrategy"), "has no effect without failover");
  }
  const retry = readRetry(reader, tokens);
  reader.warnOfUnknown();
  const provider = makeProvider(reader, settings);
  if (!provider) return null;
  checkProbes(reader, failover, provider);
  if (retry !== null && chatsByWebSocket(provider)) {
    reader.report.warn(reader.pathOf("retryOnFailure"), "has no effect on chats by WebSockets");
  }
  checkTokens(reader, provider, tokens);
  const config = new ProviderConfig(provider, settings);
  config.timeout = timeout;
  config.tokens = tokens;
  config.customSettings = customSettings;
  config.exchange = exchange;
  config.failover = failover;
  config.picker = picker;
  config.retry = retry;
  fillMapping(config.modelMapping, mapping, reader);
  return reader.report.failed ? null : config;
}

function makeProvider(reader: FieldReader, settings: ProviderSettings): Provider | null {
  const report = reader.report;
  if (report.failed) return null;
  const type = settings.type;
  const path = reader.pathOf("type");
  if (type.length == 0) {
    report.fail(path, "expected the type of the provider, one of " + knownTypes().join(", "));
    return null;
  }
  const provider = createProvider(settings);
  if (!provider) {
    const near = nearestNames(type, knownTypes());
    const known =
      near.length > 0 ? suggestion(type, near) : "; known are " + knownTypes().join(", ");
    report.fail(path, "unknown provider type " + quoted(type) + known);
    return null;
  }
  const wrong = provider.validate();
  // The provider says the field, and this makes it a path.
  if (wrong.length > 0) report.fail("", reader.path + "." + wrong);
  return provider;
}

/** A provider may know that a credential is none of its own. */
function checkTokens(reader: FieldReader, provider: Provider, tokens: ApiToken[]): void {
  for (let i = 0; i < tokens.length; ++i) {
    const wrong = provider.validateToken(tokens[i].value);
    if (wrong.length > 0) reader.report.fail(elementPath(reader.pathOf("apiTokens"), i), wrong);
  }
}

function fillMapping(
  mapping: ModelMapping,
  entries: Map<string, string>,
  reader: FieldReader,
): void {
  const keys = entries.keys();
  for (let i = 0; i < keys.length; ++i) {
    const wrong = mapping.add(keys[i], entries.get(keys[i]));
    const path = memberPath(reader.pathOf("modelMapping"), keys[i]);
    if (wrong.length > 0) reader.report.fail(path, wrong);
  }
}
