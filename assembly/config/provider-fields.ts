// Reads the settings of a provider: every key that any type of provider has, so that each is
// checked everywhere.
import { JsonKind } from "../json/document";
import { ProviderSettings, Protocol, UNSET } from "../providers/provider-settings";
import { capabilityKeys, findEndpointByKey } from "../routing/endpoint-table";
import { FieldReader } from "./field-reader";
import { memberPath, quoted } from "./json-path";
import { suggestion } from "./nearest-name";

/** Fills the settings from a provider's object; errors and warnings are the reader's. */
export function readSettings(reader: FieldReader, settings: ProviderSettings): void {
  readCommonFields(reader, settings);
  readCapabilities(reader, settings);
  readOpenAiFields(reader, settings);
  readChineseFields(reader, settings);
  readServerFields(reader, settings);
  readGoogleFields(reader, settings);
  readBedrockFields(reader, settings);
  readOtherFields(reader, settings);
}

function readCommonFields(reader: FieldReader, settings: ProviderSettings): void {
  settings.id = reader.text("id");
  settings.type = reader.string("type");
  const protocol = reader.choice("protocol", ["openai", "original"], "openai");
  settings.protocol = protocol == "original" ? Protocol.Original : Protocol.OpenAi;
  settings.providerDomain = reader.host("providerDomain");
  settings.providerBasePath = reader.basePath("providerBasePath");
  settings.responseJsonSchema = reader.rawObject("responseJsonSchema");
  settings.disableStreamUsageStats = reader.bool("disableStreamUsageStats", false);
  settings.defaultMaxTokens = reader.integer("defaultMaxTokens", 1, i32.MAX_VALUE, 0);
  const claudeVersion = reader.text("claudeVersion");
  const apiVersion = reader.text("apiVersion");
  settings.apiVersion = claudeVersion.length > 0 ? claudeVersion : apiVersion;
}

function checkPath(reader: FieldReader, path: string, refused: string, at: string): bool {
  if (!path.startsWith("/")) reader.report.fail(at, "expected a path that begins with /");
  return reader.clean(path, 0x20, refused, at);
}

function readCapabilities(reader: FieldReader, settings: ProviderSettings): void {
  const name = "capabilities";
  const paths = reader.stringMap(name);
  const keys = paths.keys();
  for (let i = 0; i < keys.length; ++i) {
    const key = keys[i];
    const at = memberPath(reader.pathOf(name), key);
    checkPath(reader, paths.get(key), "#", at);
    const endpoint = findEndpointByKey(key);
    if (endpoint) settings.capabilityPaths.set(endpoint.capability, paths.get(key));
    else
      reader.report.fail(
        at,
        "unknown capability " + quoted(key) + suggestion(key, capabilityKeys()),
      );
  }
}

function readOpenAiFields(reader: FieldReader, settings: ProviderSettings): void {
  settings.openaiCustomUrl = reader.url("openaiCustomUrl");
  settings.azureServiceUrl = reader.url("azureServiceUrl");
}

function readChineseFields(reader: FieldReader, settings: ProviderSettings): void {
  settings.qwenEnableSearch = reader.bool("qwenEnableSearch", false);
  settings.qwenEnableCompatible = reader.bool("qwenEnableCompatible", true);
  settings.qwenFileIds = reader.stringList("qwenFileIds");
  settings.qwenDomain = reader.host("qwenDomain");
  settings.zhipuDomain = reader.host("zhipuDomain");
  settings.zhipuCodePlanMode = reader.bool("zhipuCodePlanMode", false);
  settings.zhipuSignToken = reader.bool("zhipuSignToken", false);
  settings.doubaoDomain = reader.host("doubaoDomain");
  settings.sparkApiType = reader.choice("sparkApiType", ["http", "websocket"], "http");
  settings.hunyuanAuthId = reader.secret("hunyuanAuthId");
  settings.hunyuanAuthKey = reader.secret("hunyuanAuthKey");
  settings.minimaxApiType = reader.choice("minimaxApiType", ["v2", "pro"], "v2");
  settings.minimaxGroupId = reader.text("minimaxGroupId");
  settings.klingAccessKey = reader.secret("klingAccessKey");
  settings.klingSecretKey = reader.secret("klingSecretKey");
  settings.klingTokenRefreshAhead = reader.integer("klingTokenRefreshAhead", 0, i32.MAX_VALUE, 60);
}

function readServerFields(reader: FieldReader, settings: ProviderSettings): void {
  settings.ollamaServerHost = reader.host("ollamaServerHost");
  settings.ollamaServerPort = reader.integer("ollamaServerPort", 1, 65535, 0);
  settings.ollamaApiType = reader.choice("ollamaApiType", ["openai", "native"], "openai");
  settings.vllmCustomUrl = reader.url("vllmCustomUrl");
  settings.vllmServerHost = reader.host("vllmServerHost");
  settings.genericHost = reader.host("genericHost");
  settings.tritonDomain = reader.host("tritonDomain");
  settings.tritonModelVersion = reader.text("tritonModelVersion");
}

function readGoogleFields(reader: FieldReader, settings: ProviderSettings): void {
  const safety = reader.stringMap("geminiSafetySetting");
  const vertexSafety = reader.stringMap("vertexGeminiSafetySetting");
  settings.geminiSafetySetting = safety.size > 0 ? safety : vertexSafety;
  const budget = reader.integer("geminiThinkingBudget", -1, i32.MAX_VALUE, UNSET);
  settings.geminiThinkingBudget = budget;
  settings.vertexRegion = reader.text("vertexRegion");
  settings.vertexProjectId = reader.text("vertexProjectId");
  settings.vertexAuthKey = reader.secret("vertexAuthKey", true);
  settings.vertexAuthServiceName = reader.text("vertexAuthServiceName");
  const ahead = reader.integer("vertexTokenRefreshAhead", 0, i32.MAX_VALUE, 60);
  settings.vertexTokenRefreshAhead = ahead;
  settings.vertexOpenAICompatible = reader.bool("vertexOpenAICompatible", false);
}

function readBedrockFields(reader: FieldReader, settings: ProviderSettings): void {
  settings.awsAccessKey = reader.secret("awsAccessKey");
  settings.awsSecretKey = reader.secret("awsSecretKey");
  settings.awsSessionToken = reader.secret("awsSessionToken");
  settings.awsRegion = reader.text("awsRegion");
  settings.bedrockAdditionalFields = reader.rawObject("bedrockAdditionalFields");
  const retentions = ["in_memory", "24h"];
  settings.promptCacheRetention = reader.choice("promptCacheRetention", retentions, "");
  const name = "bedrockPromptCachePointPositions";
  const positions = reader.valueOf(name, JsonKind.Object);
  if (positions < 0) return;
  // Once positions are named, only the named ones count.
  settings.bedrockCacheSystemPrompt = false;
  const doc = reader.doc;
  for (let value = doc.first(positions); value >= 0; value = doc.next(value)) {
    const key = doc.key(value);
    const at = memberPath(reader.pathOf(name), key);
    if (!doc.isTrue(value) && !doc.isFalse(value)) reader.expected("a boolean", value, at);
    const position = key.toLowerCase().replaceAll("_", "").replaceAll("-", "");
    const isOn = doc.isTrue(value);
    if (position == "systemprompt") settings.bedrockCacheSystemPrompt = isOn;
    else if (position == "lastusermessage") settings.bedrockCacheLastUserMessage = isOn;
    else if (position == "lastmessage") settings.bedrockCacheLastMessage = isOn;
    else
      reader.report.warn(at, "unknown position; known: systemPrompt, lastUserMessage, lastMessage");
  }
}

function readOtherFields(reader: FieldReader, settings: ProviderSettings): void {
  settings.claudeCodeMode = reader.bool("claudeCodeMode", false);
  settings.cloudflareAccountId = reader.text("cloudflareAccountId");
  const types = ["openai", "native"];
  settings.cloudflareApiType = reader.choice("cloudflareApiType", types, "openai");
  settings.targetLang = reader.text("targetLang");
  settings.difyApiUrl = reader.url("difyApiUrl");
  const bots = ["Chat", "Agent", "Completion", "Workflow"];
  settings.botType = reader.choice("botType", bots, "");
  settings.inputVariable = reader.text("inputVariable");
  settings.outputVariable = reader.text("outputVariable");
}
