// A provider's object: what its settings become, and their defaults.
import { PluginConfig } from "../config/plugin-config";
import { ProviderConfig } from "../config/provider-config";
import { nearestNames } from "../config/nearest-name";
import { Protocol, ProviderSettings, UNSET } from "../providers/provider-settings";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";

const NO_CONFIG: ProviderConfig[] = [];

function parse(json: string): PluginConfig {
  const variables = new Map<string, string>();
  variables.set("SECRET", "s3");
  const bytes = new ByteWriter();
  bytes.text(json);
  const config = PluginConfig.parse(bytes.ptr, bytes.length, variables);
  memory.fill(bytes.ptr, 0xff, bytes.length);
  return config;
}

/** The provider with these members beside its type; fails the test where it is refused. */
function provider(members: string): ProviderConfig {
  const config = parse('{"provider":{"type":"groq"' + members + "}}");
  const found = config.match("", "", "");
  if (found) return found;
  expect(config.error).toBe("");
  return NO_CONFIG[0];
}

function settings(members: string): ProviderSettings {
  return provider(members).settings;
}

describe("a provider", () => {
  it("has defaults", () => {
    const config = provider("");
    expect(config.timeout).toBe(120000);
    expect(config.protocol).toBe(Protocol.OpenAi);
    expect(config.tokens.length).toBe(0);
    expect(config.customSettings.length).toBe(0);
    expect(config.modelMapping.map("m")).toBe("m");
    expect(config.settings.type).toBe("groq");
    expect(config.settings.qwenEnableCompatible).toBe(true);
    expect(config.settings.geminiThinkingBudget).toBe(UNSET);
    expect(config.settings.bedrockCacheSystemPrompt).toBe(true);
    expect(config.settings.minimaxApiType).toBe("v2");
    expect(config.settings.defaultMaxTokens).toBe(0);
  });
  it("takes null for absent", () => {
    const config = provider(
      ',"id":null,"apiTokens":null,"timeout":null,"protocol":null,"modelMapping":null,"qwenEnableCompatible":null',
    );
    expect(config.timeout).toBe(120000);
    expect(config.settings.qwenEnableCompatible).toBe(true);
  });
  it("reads its fields", () => {
    const config = provider(
      ',"id":"g","timeout":5000,"protocol":"original","apiTokens":["a"],"modelMapping":{"*":"x"},' +
        '"customSettings":[{"name":"seed","value":1}]',
    );
    expect(config.settings.id).toBe("g");
    expect(config.timeout).toBe(5000);
    expect(config.protocol).toBe(Protocol.Original);
    expect(config.tokens[0].value).toBe("a");
    expect(config.modelMapping.map("m")).toBe("x");
    expect(config.customSettings.length).toBe(1);
  });
  it("keeps objects as JSON text", () => {
    const schema = '{ "type": "json_object", "é": [1.0] }';
    expect(settings(',"responseJsonSchema":' + schema).responseJsonSchema).toBe(schema);
    expect(settings(',"bedrockAdditionalFields":{"a":1}').bedrockAdditionalFields).toBe('{"a":1}');
  });
  it("drops the slash at the end of the base path", () => {
    expect(settings(',"providerBasePath":"/api/ai/"').providerBasePath).toBe("/api/ai");
    expect(settings(',"providerBasePath":"/"').providerBasePath).toBe("");
    expect(settings(',"providerBasePath":""').providerBasePath).toBe("");
  });
  it("prefers claudeVersion to apiVersion", () => {
    expect(settings(',"apiVersion":"b"').apiVersion).toBe("b");
    expect(settings(',"claudeVersion":"a","apiVersion":"b"').apiVersion).toBe("a");
  });
  it("puts environment variables into secrets only", () => {
    expect(settings(',"awsSecretKey":"x-${SECRET}"').awsSecretKey).toBe("x-s3");
    expect(settings(',"vertexAuthKey":"{\\n\\"k\\":\\"${SECRET}\\"}"').vertexAuthKey).toBe(
      '{\n"k":"s3"}',
    );
    expect(settings(',"targetLang":"${SECRET}"').targetLang).toBe("${SECRET}");
  });
  it("takes paths for capabilities", () => {
    const paths = settings(
      ',"capabilities":{"openai/v1/chatcompletions":"/chat?v=1","openai/v1/retrievefile":"/f/{file_id}"}',
    ).capabilityPaths;
    expect(paths.size).toBe(2);
    expect(paths.get(Capability.Chat)).toBe("/chat?v=1");
    expect(paths.get(Capability.File)).toBe("/f/{file_id}");
  });
  it("takes the safety settings under both names", () => {
    expect(settings(',"geminiSafetySetting":{"A":"B"}').geminiSafetySetting.get("A")).toBe("B");
    expect(settings(',"vertexGeminiSafetySetting":{"A":"C"}').geminiSafetySetting.get("A")).toBe(
      "C",
    );
    expect(settings(',"geminiThinkingBudget":0').geminiThinkingBudget).toBe(0);
  });
  it("takes cache positions in any spelling, and then only those", () => {
    const positions = settings(
      ',"bedrockPromptCachePointPositions":{"last_user-message":true,"LASTMESSAGE":true}',
    );
    expect(positions.bedrockCacheSystemPrompt).toBe(false);
    expect(positions.bedrockCacheLastUserMessage).toBe(true);
    expect(positions.bedrockCacheLastMessage).toBe(true);
  });
});

describe("nearest names", () => {
  it("overlook case and separators", () => {
    expect(nearestNames("api_tokens", ["apiTokens", "apiToken"]).join()).toBe("apiTokens");
    expect(nearestNames("TYPE", ["type", "types"]).join()).toBe("type");
  });
  it("are those with the fewest changes", () => {
    expect(nearestNames("claud", ["claude", "cloudflare"]).join()).toBe("claude");
    expect(nearestNames("groc", ["grok", "groq", "x"]).join()).toBe("grok,groq");
    expect(nearestNames("aaaa", ["aaab", "aaac", "aaad", "aaae"]).length).toBe(3);
  });
  it("are none where too much differs", () => {
    expect(nearestNames("b", ["a"]).length).toBe(0);
    expect(nearestNames("bedrock", ["azure", "qwen"]).length).toBe(0);
    expect(nearestNames("a".repeat(65), ["a".repeat(64)]).length).toBe(0);
    expect(nearestNames("", ["a"]).length).toBe(0);
  });
});
