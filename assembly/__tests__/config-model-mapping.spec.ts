// The mapping of model names: exact, longest prefix, regular expressions in order, then `*`.
import { ModelMapping } from "../config/model-mapping";

/** A mapping of `key=target` entries. */
function mappingOf(entries: string[]): ModelMapping {
  const mapping = new ModelMapping();
  for (let i = 0; i < entries.length; ++i) {
    const at = entries[i].indexOf("=");
    mapping.add(entries[i].substring(0, at), entries[i].substring(at + 1));
  }
  return mapping;
}

describe("model mapping", () => {
  it("keeps names without a mapping", () => {
    expect(new ModelMapping().map("gpt-4")).toBe("gpt-4");
    expect(new ModelMapping().map("")).toBe("");
    expect(mappingOf(["gpt-4=x"]).map("gpt-4o")).toBe("gpt-4o");
  });
  it("goes from exact over prefix and regular expression to the star", () => {
    const mapping = mappingOf(["*=star", "~gpt=regex", "gpt-4*=prefix", "gpt-4o=exact"]);
    expect(mapping.map("gpt-4o")).toBe("exact");
    expect(mapping.map("gpt-4o-mini")).toBe("prefix");
    expect(mapping.map("my-gpt-3")).toBe("my-regex-3");
    expect(mapping.map("claude")).toBe("star");
    expect(mapping.map("")).toBe("star");
  });
  it("prefers the longest prefix, whatever the order", () => {
    const entries = ["gpt-*=a", "gpt-4-turbo-*=c", "gpt-4-*=b"];
    for (let turn = 0; turn < 3; ++turn) {
      const mapping = mappingOf(entries);
      expect(mapping.map("gpt-3")).toBe("a");
      expect(mapping.map("gpt-4-mini")).toBe("b");
      expect(mapping.map("gpt-4-turbo-2024")).toBe("c");
      expect(mapping.map("gpt-")).toBe("a");
      expect(mapping.map("gpt")).toBe("gpt");
      entries.push(entries.shift());
    }
  });
  it("takes regular expressions in their order", () => {
    const first = mappingOf(["~^claude-(.*)=a/$1", "~^claude-3-(.*)=b/$1"]);
    expect(first.map("claude-3-opus")).toBe("a/3-opus");
    const second = mappingOf(["~^claude-3-(.*)=b/$1", "~^claude-(.*)=a/$1"]);
    expect(second.map("claude-3-opus")).toBe("b/opus");
    expect(second.map("claude-2")).toBe("a/2");
  });
  it("reads a regular expression that ends in a star as one", () => {
    expect(mappingOf(["~gpt.*=x"]).map("my-gpt-4")).toBe("my-x");
  });
  it("strips a prefix", () => {
    expect(mappingOf(["~^qwen/(.*)$=$1"]).map("qwen/qwen-max")).toBe("qwen-max");
    expect(mappingOf(["~^(?P<vendor>[^/]+)/=${vendor}:"]).map("a/b/c")).toBe("a:b/c");
  });
  it("keeps the name where the target or the result is empty", () => {
    const mapping = mappingOf(["gpt-4=", "gpt-3*=", "~^claude=", "~^(x?)y$=$1", "*=star"]);
    expect(mapping.map("gpt-4")).toBe("gpt-4");
    expect(mapping.map("gpt-3.5")).toBe("gpt-3.5");
    expect(mapping.map("claude-3")).toBe("claude-3");
    expect(mapping.map("y")).toBe("y");
    expect(mapping.map("xy")).toBe("x");
    expect(mappingOf(["*="]).map("any")).toBe("any");
  });
  it("does not search names that no model has", () => {
    const long = "a".repeat(513);
    expect(mappingOf(["~a=b", "*=star"]).map(long)).toBe("star");
    expect(mappingOf(["a*=b"]).map(long)).toBe("b");
  });
  it("refuses what is no regular expression", () => {
    const mapping = new ModelMapping();
    expect(mapping.add("~", "x")).toBe("expected a regular expression after ~");
    expect(mapping.add("~(", "x")).toBe("invalid regular expression: missing ) at character 1");
    expect(mapping.add("~(a)", "$2")).toBe("the pattern has no group 2");
  });
});
