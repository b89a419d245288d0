// What Gemini's generations take: https://ai.google.dev/gemini-api/docs/models
import { GeminiModel } from "../providers/gemini/gemini-model";

/**
 * What a model takes, in letters: s system texts, 3 the rules of the third generation, j JSON
 * Schema, p penalties, t sampling, e the model's words at the end, b thinking; then its levels for
 * none and medium, and its budgets for 0 and 99999.
 */
function limits(id: string): string {
  const model = new GeminiModel(id);
  const letters: string[] = [];
  if (model.takesSystem) letters.push("s");
  if (model.isThird) letters.push("3");
  if (model.takesJsonSchema) letters.push("j");
  if (model.takesPenalties) letters.push("p");
  if (model.takesSampling) letters.push("t");
  if (model.takesPrefill) letters.push("e");
  if (!model.thinks) return letters.join("");
  letters.push("b");
  if (model.isThird) return `${letters.join("")} ${model.level("none")} ${model.level("medium")}`;
  return `${letters.join("")} ${model.budget(0)} ${model.budget(99999)}`;
}

describe("a model of Gemini's", () => {
  it("is older", () => {
    expect(limits("gemini-1.5-pro-002")).toBe("spte");
    expect(limits("models/gemini-2.0-flash-001")).toBe("spte");
    expect(limits("tunedModels/my-gemini-3")).toBe("spte");
    expect(limits("something")).toBe("spte");
    expect(limits("gemma-3-27b-it")).toBe("pte");
  });
  it("has a budget of thinking", () => {
    expect(limits("gemini-2.5-flash")).toBe("sjpteb 0 24576");
    expect(limits("gemini-2.5-flash-lite-preview-09-2025")).toBe("sjteb 0 24576");
    expect(limits("gemini-2.5-pro")).toBe("sjpteb 128 32768");
    expect(limits("gemini-2.5-flash-image")).toBe("sjpte");
    expect(limits("gemini-2.5-pro-preview-tts")).toBe("sjte");
    expect(new GeminiModel("gemini-2.5-pro").budget(-1)).toBe(-1);
  });
  it("has levels of thinking", () => {
    expect(limits("gemini-3-pro-preview")).toBe("s3jteb LOW HIGH");
    expect(limits("gemini-3.1-pro")).toBe("s3jteb LOW MEDIUM");
    expect(limits("publishers/google/models/gemini-3-flash")).toBe("s3jteb MINIMAL MEDIUM");
    expect(limits("gemini-3.5-flash")).toBe("s3jteb MINIMAL MEDIUM");
    expect(limits("gemini-3.5-flash-lite")).toBe("s3jb MINIMAL MEDIUM");
    expect(limits("gemini-3.6-flash")).toBe("s3jb MINIMAL MEDIUM");
    expect(limits("gemini-3.7-flash")).toBe("s3jb LOW MEDIUM");
    expect(limits("gemini-3.7-pro")).toBe("s3jtb LOW MEDIUM");
    expect(limits("gemini-4-flash")).toBe("s3jtb LOW MEDIUM");
    expect(limits("gemini-flash-latest")).toBe("s3jtb LOW MEDIUM");
  });
  it("does not know every word", () => {
    expect(new GeminiModel("gemini-3-flash").level("extreme")).toBe("");
    expect(new GeminiModel("gemini-3-flash").level("")).toBe("");
  });
});
