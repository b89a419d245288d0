// A growing buffer of bytes, and UTF-8 as https://encoding.spec.whatwg.org/#utf-8 says.
import { ByteWriter } from "../text/byte-writer";

function hexOf(bytes: ByteWriter): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; ++i) {
    parts.push(
      load<u8>(bytes.ptr + i)
        .toString(16)
        .padStart(2, "0"),
    );
  }
  return parts.join(" ");
}

function textHex(text: string): string {
  const bytes = new ByteWriter();
  bytes.text(text);
  const hex = hexOf(bytes);
  bytes.release();
  return hex;
}

function integerText(value: i64): string {
  const bytes = new ByteWriter();
  bytes.integer(value);
  const text = bytes.toString();
  bytes.release();
  return text;
}

describe("ByteWriter", () => {
  it("is empty at first and after clear", () => {
    const bytes = new ByteWriter();
    expect(bytes.length).toBe(0);
    expect(bytes.toString()).toBe("");
    bytes.ascii("abc");
    bytes.clear();
    expect(bytes.length).toBe(0);
    expect(bytes.toString()).toBe("");
    bytes.release();
    bytes.ascii("again");
    expect(bytes.toString()).toBe("again");
  });
  it("appends bytes and other writers", () => {
    const bytes = new ByteWriter();
    const other = new ByteWriter();
    other.ascii("other");
    bytes.byte(0);
    bytes.byte(0xff);
    bytes.writer(other);
    bytes.bytes(other.ptr + 1, 2);
    bytes.bytes(0, 0);
    expect(hexOf(bytes)).toBe("00 ff 6f 74 68 65 72 74 68");
  });
  it("keeps its content when it grows", () => {
    const bytes = new ByteWriter();
    for (let i = 0; i < 5000; ++i) bytes.byte(<u8>i);
    let isSame = bytes.length == 5000;
    for (let i = 0; i < 5000; ++i) isSame = isSame && load<u8>(bytes.ptr + i) == <u8>i;
    expect(isSame).toBe(true);
  });
  it("keeps its memory over clear, unless it is very large", () => {
    const bytes = new ByteWriter();
    bytes.reserve(1000);
    const kept = bytes.ptr;
    bytes.clear();
    expect(bytes.ptr).toBe(kept);
    bytes.reserve(5 << 20);
    bytes.clear();
    expect(bytes.ptr).toBe(0);
  });
});

describe("ByteWriter ascii", () => {
  it("narrows texts of every length", () => {
    let text = "";
    for (let length = 0; length < 50; ++length) {
      const bytes = new ByteWriter();
      bytes.byte(0x3e);
      bytes.ascii(text);
      expect(bytes.toString()).toBe(">" + text);
      expect(bytes.length).toBe(length + 1);
      bytes.release();
      text = text + String.fromCharCode(0x21 + length);
    }
  });
});

describe("ByteWriter text", () => {
  it("writes one to four bytes", () => {
    expect(textHex("\0~\x7f")).toBe("00 7e 7f");
    expect(textHex("\x80\u07ff")).toBe("c2 80 df bf");
    expect(textHex("\u0800\ud7ff\ue000\uffff")).toBe("e0 a0 80 ed 9f bf ee 80 80 ef bf bf");
    expect(textHex("\u{10000}\u{1f600}\u{10ffff}")).toBe("f0 90 80 80 f0 9f 98 80 f4 8f bf bf");
  });
  it("replaces lone surrogates", () => {
    expect(textHex("\ud800")).toBe("ef bf bd");
    expect(textHex("\udc00")).toBe("ef bf bd");
    expect(textHex("a\ud83db")).toBe("61 ef bf bd 62");
    expect(textHex("\ude00\ud83d")).toBe("ef bf bd ef bf bd");
    expect(textHex("\ud83d\ud83d\ude00")).toBe("ef bf bd f0 9f 98 80");
    expect(textHex("\udbff\udfff")).toBe("f4 8f bf bf");
  });
  it("agrees with the decoder on every code point", () => {
    let wrong = -1;
    const bytes = new ByteWriter();
    for (let code = 0; code < 0x110000; ++code) {
      if (code >= 0xd800 && code < 0xe000) continue;
      bytes.clear();
      bytes.codePoint(code);
      const text = bytes.toString();
      bytes.clear();
      bytes.text(text);
      if (text.codePointAt(0) != code || bytes.toString() != text) wrong = code;
    }
    expect(wrong).toBe(-1);
  });
});

describe("ByteWriter integer", () => {
  it("writes decimals", () => {
    expect(integerText(0)).toBe("0");
    expect(integerText(7)).toBe("7");
    expect(integerText(-1)).toBe("-1");
    expect(integerText(10)).toBe("10");
    expect(integerText(-10)).toBe("-10");
    expect(integerText(1735787045)).toBe("1735787045");
    expect(integerText(999999999999)).toBe("999999999999");
  });
  it("writes the largest and smallest", () => {
    expect(integerText(i64.MAX_VALUE)).toBe("9223372036854775807");
    expect(integerText(i64.MIN_VALUE)).toBe("-9223372036854775808");
    expect(integerText(-9223372036854775807)).toBe("-9223372036854775807");
  });
  it("counts the characters of its first bytes", () => {
    const bytes = new ByteWriter();
    bytes.text("aé€😀");
    expect(bytes.characters(0)).toBe(0);
    expect(bytes.characters(1)).toBe(1);
    expect(bytes.characters(3)).toBe(2);
    expect(bytes.characters(6)).toBe(3);
    expect(bytes.characters(99)).toBe(4);
    expect(bytes.characters(-1)).toBe(0);
  });
  it("writes every number of digits behind what is there", () => {
    const bytes = new ByteWriter();
    const expected: string[] = [];
    for (let digits = 0, value: i64 = 1; digits < 19; ++digits, value *= 10) {
      bytes.integer(value);
      bytes.integer(-value + 1);
      expected.push(value.toString());
      expected.push((-value + 1).toString());
    }
    expect(bytes.toString()).toBe(expected.join(""));
  });
});
