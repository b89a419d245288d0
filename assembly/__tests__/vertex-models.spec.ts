// Names of models: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
import { isClaude, isImagen, modelPath } from "../providers/vertex/vertex-models";

describe("models of Vertex AI", () => {
  it("have a publisher", () => {
    expect(modelPath("gemini-2.5-flash")).toBe("publishers/google/models/gemini-2.5-flash");
    expect(modelPath("claude-sonnet-4-5@20250929")).toBe(
      "publishers/anthropic/models/claude-sonnet-4-5@20250929",
    );
    expect(modelPath("anthropic/claude-opus-4-1")).toBe(
      "publishers/anthropic/models/claude-opus-4-1",
    );
    expect(modelPath("mistralai/mistral-medium-3")).toBe(
      "publishers/mistralai/models/mistral-medium-3",
    );
    expect(modelPath("models/gemini-2.5-pro")).toBe("publishers/google/models/gemini-2.5-pro");
  });
  it("may be named as a whole", () => {
    const names = [
      "publishers/google/models/m",
      "projects/p/locations/l/endpoints/1",
      "endpoints/1",
    ];
    for (let i = 0; i < names.length; ++i) expect(modelPath(names[i])).toBe(names[i]);
    expect(modelPath("123456")).toBe("endpoints/123456");
  });
  it("do not leave their path", () => {
    expect(modelPath("..")).toBe("publishers/google/models/%252E%252E");
    expect(modelPath("../x?y#z")).toBe("publishers/%252E%252E/models/x%3Fy%23z");
  });
  it("speak protocols of their own", () => {
    expect(isClaude("claude-3-haiku")).toBe(true);
    expect(isClaude("publishers/anthropic/models/x")).toBe(true);
    expect(isClaude("anthropic/x")).toBe(true);
    expect(isClaude("gemini-2.5-flash")).toBe(false);
    expect(isImagen("google/imagen-4.0-generate-001")).toBe(true);
    expect(isImagen("gemini-2.5-flash-image")).toBe(false);
  });
});
