// Limits of Claude's generations: https://platform.claude.com/docs/en/about-claude/models/overview
import { ClaudeModel, WithoutThinking } from "../providers/claude/claude-model";

/**
 * What a model takes, in letters: s sampling, b both of its kinds, f forced tools, j schemas, p
 * prefill, t thinking with a budget, a adaptive thinking, x the effort xhigh; how thinking is
 * switched off; the longest answer.
 */
function limits(id: string): string {
  const model = new ClaudeModel(id);
  const letters: string[] = [];
  if (model.takesSampling) letters.push("s");
  if (model.takesBothSamplings) letters.push("b");
  if (model.takesForcedTools) letters.push("f");
  if (model.takesSchemas) letters.push("j");
  if (model.takesPrefill) letters.push("p");
  if (model.thinksWithBudget) letters.push("t");
  if (model.thinksAdaptively) letters.push("a");
  if (model.takesExtraHighEffort) letters.push("x");
  return `${letters.join("")} ${offName(model.withoutThinking)} ${model.longestAnswer}`;
}

function offName(off: WithoutThinking): string {
  switch (off) {
    case WithoutThinking.Disabled:
      return "disabled";
    case WithoutThinking.BetweenTools:
      return "between";
    case WithoutThinking.LowEffort:
      return "low";
    default:
      return "unsaid";
  }
}

describe("models before thinking", () => {
  it("knows 2 and 3", () => {
    expect(limits("claude-2.1")).toBe("sbfp unsaid 4096");
    expect(limits("claude-instant-1.2")).toBe("sbfp unsaid 4096");
    expect(limits("claude-3-haiku-20240307")).toBe("sbfp unsaid 4096");
    expect(limits("anthropic.claude-3-haiku-20240307-v1:0")).toBe("sbfp unsaid 4096");
    expect(limits("claude-3-5-sonnet-20241022")).toBe("sbfp unsaid 8192");
    expect(limits("claude-3-5-haiku-latest")).toBe("sbfp unsaid 8192");
  });
});

describe("models with budgets", () => {
  it("knows 3.7 to 4.5", () => {
    expect(limits("claude-3-7-sonnet-20250219")).toBe("sbfpt unsaid 64000");
    expect(limits("claude-opus-4-20250514")).toBe("sbfpt unsaid 32000");
    expect(limits("claude-opus-4-0")).toBe("sbfpt unsaid 32000");
    expect(limits("claude-sonnet-4@20250514")).toBe("sbfpt unsaid 64000");
    expect(limits("claude-opus-4-1-20250805")).toBe("sfjpt unsaid 32000");
    expect(limits("claude-sonnet-4-5-20250929")).toBe("sfjpt unsaid 64000");
    expect(limits("us.anthropic.claude-opus-4-5-20251101-v1:0")).toBe("sfjpt unsaid 64000");
    expect(limits("anthropic/claude-haiku-4.5")).toBe("sfjpt unsaid 64000");
  });
});

describe("models with adaptive thinking", () => {
  it("knows 4.6 to 4.8", () => {
    expect(limits("claude-opus-4-6")).toBe("sfja disabled 128000");
    expect(limits("claude-sonnet-4-6")).toBe("sfja disabled 128000");
    expect(limits("claude-opus-4-7")).toBe("fjax disabled 128000");
    expect(limits("claude-opus-4-8")).toBe("fjax disabled 128000");
  });

  it("knows 5", () => {
    expect(limits("claude-sonnet-5")).toBe("fjax disabled 128000");
    expect(limits("claude-opus-5")).toBe("fjax disabled 128000");
    expect(limits("claude-opus-5-20260301")).toBe("fjax disabled 128000");
    expect(limits("claude-fable-5")).toBe("fjax low 128000");
    expect(limits("claude-mythos-5")).toBe("fjax low 128000");
    expect(limits("claude-mythos-preview")).toBe("fjax low 128000");
    expect(limits("claude-fable-5-1")).toBe("jax low 128000");
    expect(limits("claude-fable-5-2")).toBe("jax low 128000");
    expect(limits("claude-mythos-5-2")).toBe("jax low 128000");
    expect(limits("claude-haiku-5-5")).toBe("fjax disabled 128000");
    expect(limits("claude-sonnet-5-5")).toBe("jax between 128000");
    expect(limits("claude-opus-5-5")).toBe("jax low 128000");
  });
});

describe("models not known", () => {
  it("takes them for the newest", () => {
    expect(limits("claude-sonnet-6")).toBe("jax low 128000");
    expect(limits("claude-haiku-6-1")).toBe("jax low 128000");
    expect(limits("claude-saga-5")).toBe("jax low 128000");
    expect(limits("claude")).toBe("jax low 128000");
    expect(limits("gpt-4o")).toBe("jax low 128000");
    expect(limits("")).toBe("jax low 128000");
  });
});
