// Path segments: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
import { decodePathSegment, encodePathSegment, escapePathSegment } from "../text/url";

describe("escapePathSegment", () => {
  it("keeps unreserved characters, @ and :", () => {
    const plain = "ABCXYZabcxyz0189-._~@:";
    expect(escapePathSegment(plain)).toBe(plain);
    expect(escapePathSegment("anthropic.claude-3-5-sonnet-20241022-v2:0")).toBe(
      "anthropic.claude-3-5-sonnet-20241022-v2:0",
    );
    expect(escapePathSegment("")).toBe("");
  });
  it("encodes what would end the segment or the path", () => {
    expect(escapePathSegment("org/model")).toBe("org%2Fmodel");
    expect(escapePathSegment("a?b#c")).toBe("a%3Fb%23c");
    expect(escapePathSegment("a\\b;c")).toBe("a%5Cb%3Bc");
  });
  it("encodes what may not stand in a header", () => {
    expect(escapePathSegment("a b\r\nx: y\0\x7f")).toBe("a%20b%0D%0Ax:%20y%00%7F");
    expect(escapePathSegment('"<>^`{|}')).toBe("%22%3C%3E%5E%60%7B%7C%7D");
  });
  it("encodes other characters as UTF-8", () => {
    expect(escapePathSegment("é€😀")).toBe("%C3%A9%E2%82%AC%F0%9F%98%80");
  });
  it("encodes a percent sign that begins no escape", () => {
    expect(escapePathSegment("100%")).toBe("100%25");
    expect(escapePathSegment("%zz%4")).toBe("%25zz%254");
  });
  it("does not encode twice", () => {
    expect(escapePathSegment("org%2Fmodel%20x")).toBe("org%2Fmodel%20x");
    expect(escapePathSegment(escapePathSegment("org/ä"))).toBe("org%2F%C3%A4");
  });
  it("lets no segment of dots through", () => {
    expect(escapePathSegment(".")).toBe("%252E");
    expect(escapePathSegment("..")).toBe("%252E%252E");
    expect(escapePathSegment("%2e.")).toBe("%252E%252E");
    expect(escapePathSegment("%2E%2e")).toBe("%252E%252E");
    expect(escapePathSegment("...")).toBe("...");
    expect(escapePathSegment("..a")).toBe("..a");
    expect(escapePathSegment("../..")).toBe("..%2F..");
  });
});

describe("encodePathSegment", () => {
  it("encodes the percent signs of names", () => {
    expect(encodePathSegment("a%2fb")).toBe("a%252fb");
    expect(encodePathSegment("%2e%2e")).toBe("%252e%252e");
    expect(encodePathSegment("..")).toBe("%252E%252E");
    expect(encodePathSegment("org/model:1")).toBe("org%2Fmodel:1");
  });
});

describe("decodePathSegment", () => {
  it("gives the name back", () => {
    expect(decodePathSegment("org%2Fm%C3%A4")).toBe("org/mä");
    expect(decodePathSegment("100%")).toBe("100%");
    expect(decodePathSegment("m")).toBe("m");
  });
});
