// Which provider serves a request: `_rules_`, its matchers, and the global configuration.
import { DomainPattern, hostLength } from "../config/domain-pattern";
import { PluginConfig } from "../config/plugin-config";
import { ServicePattern } from "../config/service-pattern";
import { ByteWriter } from "../text/byte-writer";

const GLOBAL = '"providers":[{"id":"a","type":"groq"},{"id":"b","type":"groq"}]';

function configOf(json: string): PluginConfig {
  const bytes = new ByteWriter();
  bytes.text(json);
  const config = PluginConfig.parse(bytes.ptr, bytes.length, new Map<string, string>());
  // What a configuration keeps must not lie in the bytes that it was read from.
  memory.fill(bytes.ptr, 0xff, bytes.length);
  return config;
}

/**
 * The id of the provider, "-" where there is none; the error where the configuration is refused.
 */
function chosen(json: string, host: string, route: string = "", cluster: string = ""): string {
  const config = configOf(json);
  if (config.error.length > 0) return config.error;
  const provider = config.match(host, route, cluster);
  return provider ? provider.settings.id : "-";
}

function rules(list: string): string {
  return "{" + GLOBAL + ',"_rules_":[' + list + "]}";
}

function hostMatches(pattern: string, host: string): bool {
  return new DomainPattern(pattern).matches(host, hostLength(host));
}

describe("domains", () => {
  it("leave the port out", () => {
    expect(hostMatches("a.test", "a.test:8080")).toBe(true);
    expect(hostMatches("[::1]", "[::1]:8080")).toBe(true);
    expect(hostMatches("[::1]", "[::1]")).toBe(true);
    expect(hostMatches("::1", "::1")).toBe(true);
    expect(hostMatches("*", "")).toBe(true);
  });
  it("match whole, by beginning or by end, in any case", () => {
    expect(hostMatches("A.test", "a.TEST")).toBe(true);
    expect(hostMatches("a.test", "b.a.test")).toBe(false);
    expect(hostMatches("a.test", "a.test.x")).toBe(false);
    expect(hostMatches("*.a.test", "b.A.test:1")).toBe(true);
    expect(hostMatches("*.a.test", "a.test")).toBe(false);
    expect(hostMatches("a.*", "a.test")).toBe(true);
    expect(hostMatches("a.*", "b.a.test")).toBe(false);
    expect(hostMatches("*", "anything")).toBe(true);
  });
});

describe("services", () => {
  it("match plain cluster names", () => {
    expect(new ServicePattern("openai").matches("openai")).toBe(true);
    expect(new ServicePattern("openai").matches("openai2")).toBe(false);
    expect(new ServicePattern("openai:443").matches("openai:443")).toBe(true);
    expect(new ServicePattern("openai").matches("")).toBe(false);
  });
  it("match host and port of outbound clusters", () => {
    const cluster = "outbound|443||llm.dns";
    expect(new ServicePattern("llm.dns").matches(cluster)).toBe(true);
    expect(new ServicePattern("llm.dns:443").matches(cluster)).toBe(true);
    expect(new ServicePattern("llm.dns:44").matches(cluster)).toBe(false);
    expect(new ServicePattern("dns").matches(cluster)).toBe(false);
    expect(new ServicePattern("llm.dns").matches("outbound|443|v1|llm.dns")).toBe(true);
    expect(new ServicePattern("llm.dns").matches("inbound|443||llm.dns")).toBe(false);
    expect(new ServicePattern("llm.dns").matches("outbound|llm.dns")).toBe(false);
    expect(new ServicePattern("llm.dns").matches("outbound|443|llm.dns")).toBe(false);
    expect(new ServicePattern(cluster).matches(cluster)).toBe(true);
  });
});

describe("rules", () => {
  it("take the first that matches, then the global provider, then none", () => {
    const list =
      '{"_match_domain_":["one.test"],"activeProviderId":"b"},{"_match_domain_":"*","activeProviderId":"a"}';
    expect(chosen(rules(list), "one.test")).toBe("b");
    expect(chosen(rules(list), "two.test")).toBe("a");
    const one = '{"_match_domain_":["one.test"],"activeProviderId":"b"}';
    expect(chosen(rules(one), "two.test")).toBe("-");
    const active = "{" + GLOBAL + ',"activeProviderId":"a","_rules_":[' + one + "]}";
    expect(chosen(active, "two.test")).toBe("a");
    expect(chosen(active, "one.test")).toBe("b");
  });
  it("compare routes, or routes and services together", () => {
    const list =
      '{"_match_route_":["r1"],"_match_service_":["s1"],"_match_domain_":["never"],"activeProviderId":"a"},' +
      '{"_match_route_":["","r1","r2"],"_match_domain_":["never"],"activeProviderId":"b"}';
    expect(chosen(rules(list), "h", "r1", "s1")).toBe("a");
    expect(chosen(rules(list), "h", "r1", "s2")).toBe("b");
    expect(chosen(rules(list), "h", "r2", "s1")).toBe("b");
    expect(chosen(rules(list), "never", "r3", "s1")).toBe("-");
    expect(chosen(rules(list), "h", "", "s1")).toBe("-");
  });
  it("compare domains before services, and route prefixes last", () => {
    const domain = '{"_match_domain_":"d","_match_service_":"s","activeProviderId":"a"}';
    expect(chosen(rules(domain), "d", "r", "other")).toBe("a");
    expect(chosen(rules(domain), "other", "r", "s")).toBe("-");
    const service = '{"_match_service_":"s","_match_route_prefix_":"p","activeProviderId":"a"}';
    expect(chosen(rules(service), "d", "r", "s")).toBe("a");
    expect(chosen(rules(service), "d", "p-1", "other")).toBe("-");
    const prefix = '{"_match_route_prefix_":["","p-"],"activeProviderId":"a"}';
    expect(chosen(rules(prefix), "d", "p-1", "s")).toBe("a");
    expect(chosen(rules(prefix), "d", "xp-1", "s")).toBe("-");
  });
  it("switch the plugin off without a provider of their own", () => {
    const off = '{"provider":{"id":"a","type":"groq"},"_rules_":[{"_match_domain_":"off"}]}';
    expect(chosen(off, "off")).toBe("-");
    expect(chosen(off, "on")).toBe("a");
    expect(chosen(rules('{"_match_domain_":"x","activeProviderId":""}'), "x")).toBe("-");
  });
  it("see the global providers and their own before them", () => {
    const own =
      '{"_match_domain_":"own","providers":[{"id":"b","type":"openai"},{"id":"c","type":"openai"}],"activeProviderId":"b"}';
    const config = configOf(rules(own));
    const provider = config.match("own", "", "");
    expect(provider ? provider.settings.type : config.error).toBe("openai");
    const mixed =
      '{"_match_domain_":"x","providers":[{"id":"c","type":"openai"}],"activeProviderId":"a"}';
    expect(chosen(rules(mixed), "x")).toBe("a");
    const later = mixed + ',{"_match_domain_":"y","activeProviderId":"c"}';
    expect(chosen(rules(later), "y")).toBe(
      '_rules_[1].activeProviderId: no provider has the id "c"',
    );
    const single = '{"_match_domain_":"x","provider":{"id":"own","type":"groq"}}';
    expect(chosen(rules(single), "x")).toBe("own");
  });
  it("say whether anything must be compared", () => {
    expect(configOf('{"provider":{"type":"groq"}}').needsMatch).toBe(false);
    expect(configOf(rules('{"_match_domain_":"x"}')).needsMatch).toBe(true);
  });
  it("are wrong without anything to compare", () => {
    expect(chosen(rules('{"_match_domain_":[""],"activeProviderId":"a"}'), "")).toBe(
      "_rules_[0]: expected _match_route_, _match_domain_, _match_service_ or _match_route_prefix_ with at least one name",
    );
    expect(chosen(rules('{"_match_domain_":5}'), "")).toBe(
      "_rules_[0]._match_domain_: expected a list of strings, found a number",
    );
    expect(chosen(rules('{"_match_domain_":["x",5]}'), "")).toBe(
      "_rules_[0]._match_domain_[1]: expected a string, found a number",
    );
    expect(chosen(rules("7"), "")).toBe("_rules_[0]: expected an object, found a number");
    expect(chosen('{"_rules_":[]}', "")).toBe(
      "_rules_: expected at least one rule, since there is no global configuration",
    );
    expect(chosen('{"_plugin_id_":"x","_rules_":{}}', "")).toBe(
      "_rules_: expected an array, found an object",
    );
    expect(chosen(rules(""), "")).toBe("-");
  });
  it("warn of patterns that never match", () => {
    const config = configOf(rules('{"_match_domain_":["a.test:80","*a*","a*b"]}'));
    expect(config.error).toBe("");
    expect(config.warnings.length).toBe(3);
  });
});
