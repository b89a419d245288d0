// Values of metrics' labels.
import { cleanLabel, LabelValues } from "../text/label-values";

describe("LabelValues", () => {
  it("keeps what models are called", () => {
    expect(cleanLabel("meta-llama/Llama-3.1:8b@v1_x")).toBe("meta-llama/Llama-3.1:8b@v1_x");
  });

  it("takes out what would end a label", () => {
    expect(cleanLabel('a,b=c "d"\n{é}')).toBe("a_b_c__d_____");
    expect(cleanLabel("x".repeat(500)).length).toBe(80);
  });

  it("has so many values and no more", () => {
    const values = new LabelValues(4);
    expect(values.of("", true)).toBe("");
    expect(values.of("a", false) + values.of("b", false) + values.of("c", false)).toBe("abother");
    expect(values.of("c", true) + values.of("d", true) + values.of("e", true)).toBe("cdother");
    expect(values.of("a", false)).toBe("a");
  });
});
