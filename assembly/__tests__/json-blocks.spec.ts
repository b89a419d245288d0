// Strings and UTF-8 at every place of a sixteen-byte block, the end of the memory, and large texts.

import { doc, parseHex, parseSource, source } from "./json-support";

/** A page that nobody writes to, the last one, so that a text can end where the memory does. */
const lastPage: usize = (<usize>memory.grow(1)) << 16;

/** Parses a copy of `source` that ends with the memory, where that is still the last page. */
function parseAtTheEnd(): string {
  const end = lastPage + 65536;
  if ((<usize>memory.size()) << 16 != end) return "the memory has grown";
  const ptr = source.ptr;
  const copy = end - source.length;
  memory.copy(copy, ptr, source.length);
  source.ptr = copy;
  const result = parseSource();
  source.ptr = ptr;
  return result;
}

/** `before` bytes "x", the bytes, `after` bytes "y" and a quote, all behind a quote. */
function place(bytes: u32[], before: i32, after: i32): void {
  source.clear();
  source.byte(0x22);
  for (let i = 0; i < before; ++i) source.byte(0x78);
  for (let i = 0; i < bytes.length; ++i) source.byte(<u8>bytes[i]);
  for (let i = 0; i < after; ++i) source.byte(0x79);
  source.byte(0x22);
}

/** Tries the bytes at every place; `error` says what they give, at the place plus `shift`. */
function differences(bytes: u32[], error: string, shift: i32): string {
  const wrong: string[] = [];
  for (let before = 0; before <= 40; ++before) {
    const expected = error == "ok" ? "ok" : error + " at " + (1 + before + shift).toString();
    for (let after = 0; after <= 40; ++after) {
      place(bytes, before, after);
      const result = parseSource();
      const atEnd = parseAtTheEnd();
      if (result != expected || atEnd != expected) {
        wrong.push(before.toString() + "+" + after.toString() + ": " + result + ", " + atEnd);
      }
    }
  }
  return wrong.join("\n");
}

describe("every place of a block", () => {
  it("finds the closing quote", () => {
    expect(differences([], "ok", 0)).toBe("");
  });

  it("finds an escape", () => {
    expect(differences([0x5c, 0x22], "ok", 0)).toBe("", "quote");
    expect(differences([0x5c, 0x5c], "ok", 0)).toBe("", "backslash");
    expect(differences([0x5c, 0x75, 0x31, 0x32, 0x61, 0x46], "ok", 0)).toBe("", "code unit");
    expect(differences([0x5c, 0x78], "invalid escape", 1)).toBe("", "unknown");
    expect(differences([0x5c, 0x75, 0x31, 0x78], "invalid escape", 3)).toBe("", "cut code unit");
  });

  it("finds a control character", () => {
    expect(differences([0x00], "control character in a string", 0)).toBe("", "NUL");
    expect(differences([0x0a], "control character in a string", 0)).toBe("", "line feed");
    expect(differences([0x1f], "control character in a string", 0)).toBe("", "the last one");
  });

  it("takes well-formed UTF-8", () => {
    expect(differences([0xc3, 0xa9], "ok", 0)).toBe("", "two bytes");
    expect(differences([0xe6, 0xbc, 0xa2], "ok", 0)).toBe("", "three bytes");
    expect(differences([0xf0, 0x9f, 0x98, 0x80], "ok", 0)).toBe("", "four bytes");
    expect(differences([0x7f], "ok", 0)).toBe("", "the last of ASCII");
  });

  it("finds ill-formed UTF-8", () => {
    expect(differences([0x80], "invalid UTF-8", 0)).toBe("", "continuation alone");
    expect(differences([0xc3], "invalid UTF-8", 0)).toBe("", "first byte alone");
    expect(differences([0xe6, 0xbc], "invalid UTF-8", 0)).toBe("", "two of three");
    expect(differences([0xf0, 0x9f, 0x98], "invalid UTF-8", 0)).toBe("", "three of four");
    expect(differences([0xed, 0xa0, 0x80], "invalid UTF-8", 0)).toBe("", "surrogate");
    expect(differences([0xe6, 0xbc, 0xa2, 0xbc], "invalid UTF-8", 3)).toBe("", "one too many");
  });

  it("finds the control character or the error behind text beyond ASCII", () => {
    const error = "control character in a string";
    expect(differences([0xe6, 0xbc, 0xa2, 0x09], error, 3)).toBe("", "tab");
    expect(differences([0xc3, 0xa9, 0x5c, 0x78], "invalid escape", 3)).toBe("", "escape");
    expect(differences([0xc3, 0xa9, 0xff], "invalid UTF-8", 2)).toBe("", "FF");
  });

  it("finds ill-formed UTF-8 in long text beyond ASCII", () => {
    const wrong: string[] = [];
    const bad: u32[][] = [[0xc3], [0xe6, 0xbc], [0xf0, 0x9f, 0x98], [0xbc], [0xed, 0xa0, 0x80]];
    for (let length = 0; length <= 70; ++length) {
      for (let kind = 0; kind < bad.length; ++kind) {
        source.clear();
        source.byte(0x22);
        for (let i = 0; i + 3 <= length; i += 3) source.text("漢");
        for (let i = 0; i < length % 3; ++i) source.byte(0x78);
        for (let i = 0; i < bad[kind].length; ++i) source.byte(<u8>bad[kind][i]);
        source.ascii("y".repeat(40));
        source.byte(0x22);
        const expected = "invalid UTF-8 at " + (1 + length).toString();
        if (parseSource() != expected) wrong.push(length.toString() + ":" + kind.toString());
      }
    }
    expect(wrong.join(" ")).toBe("");
  });

  it("ends a number with the text", () => {
    const wrong: string[] = [];
    source.clear();
    for (let i = 0; i < 120; ++i) source.byte(0x31);
    for (let length = 1; length <= 80; ++length) {
      source.length = length;
      // Digits behind the end are none of it.
      if (parseSource() != "ok" || doc.end(0) != length) wrong.push(length.toString());
      if (parseAtTheEnd() != "ok" || doc.end(0) != length) wrong.push(length.toString());
    }
    expect(wrong.join(" ")).toBe("");
  });

  it("reads no escape behind the end", () => {
    source.clear();
    source.ascii('"\\ud83d"');
    expect(parseAtTheEnd()).toBe("ok");
    expect(doc.string(doc.root())).toBe("\ufffd");
  });

  it("misses the closing quote", () => {
    const wrong: string[] = [];
    for (let length = 0; length <= 80; ++length) {
      place([], length, 0);
      source.length -= 1;
      const expected = "unexpected end at " + (length + 1).toString();
      // A quote behind the end is not seen.
      if (parseSource() != expected || parseAtTheEnd() != expected) wrong.push(length.toString());
    }
    expect(wrong.join(" ")).toBe("");
  });
});

describe("the limits of UTF-8", () => {
  it("takes the first and last of each length", () => {
    expect(parseHex("22 c2 80 22")).toBe("ok", "U+0080");
    expect(parseHex("22 df bf 22")).toBe("ok", "U+07FF");
    expect(parseHex("22 e0 a0 80 22")).toBe("ok", "U+0800");
    expect(parseHex("22 ed 9f bf 22")).toBe("ok", "U+D7FF");
    expect(parseHex("22 ee 80 80 22")).toBe("ok", "U+E000");
    expect(parseHex("22 ef bf bf 22")).toBe("ok", "U+FFFF");
    expect(parseHex("22 f0 90 80 80 22")).toBe("ok", "U+10000");
    expect(parseHex("22 f4 8f bf bf 22")).toBe("ok", "U+10FFFF");
  });

  it("refuses overlong forms, surrogates and what is beyond", () => {
    expect(parseHex("22 c0 80 22")).toBe("invalid UTF-8 at 1", "overlong NUL");
    expect(parseHex("22 c1 bf 22")).toBe("invalid UTF-8 at 1", "overlong two");
    expect(parseHex("22 e0 80 80 22")).toBe("invalid UTF-8 at 1", "overlong three");
    expect(parseHex("22 e0 9f bf 22")).toBe("invalid UTF-8 at 1", "overlong three, last");
    expect(parseHex("22 f0 80 80 80 22")).toBe("invalid UTF-8 at 1", "overlong four");
    expect(parseHex("22 f0 8f bf bf 22")).toBe("invalid UTF-8 at 1", "overlong four, last");
    expect(parseHex("22 ed a0 80 22")).toBe("invalid UTF-8 at 1", "first surrogate");
    expect(parseHex("22 ed bf bf 22")).toBe("invalid UTF-8 at 1", "last surrogate");
    expect(parseHex("22 f4 90 80 80 22")).toBe("invalid UTF-8 at 1", "U+110000");
    expect(parseHex("22 f5 80 80 80 22")).toBe("invalid UTF-8 at 1", "F5");
    expect(parseHex("22 f8 88 80 80 80 22")).toBe("invalid UTF-8 at 1", "five bytes");
    expect(parseHex("22 fe 22")).toBe("invalid UTF-8 at 1", "FE");
    expect(parseHex("22 ff 22")).toBe("invalid UTF-8 at 1", "FF");
    expect(parseHex("22 61 bf 22")).toBe("invalid UTF-8 at 2", "continuation alone");
    expect(parseHex("7b 22 c3 22 3a 31 7d")).toBe("invalid UTF-8 at 2", "in a key");
  });

  it("says that a text ends within a sequence", () => {
    expect(parseHex("22 c3")).toBe("unexpected end at 2", "one of two");
    expect(parseHex("22 e6 bc")).toBe("unexpected end at 3", "two of three");
    expect(parseHex("22 f0 9f 98")).toBe("unexpected end at 4", "three of four");
    expect(parseHex("22 e0 80")).toBe("invalid UTF-8 at 1", "already wrong");
    expect(parseHex("22 c0")).toBe("invalid UTF-8 at 1", "never right");
  });

  it("refuses it outside of strings", () => {
    expect(parseHex("c3 a9")).toBe("unexpected byte at 0", "a letter");
    expect(parseHex("ef bb bf 7b 7d")).toBe("unexpected byte at 0", "a byte order mark");
    expect(parseHex("ff fe 7b 00")).toBe("unexpected byte at 0", "UTF-16");
  });
});

describe("large texts", () => {
  it("does not fall into 100,000 brackets", () => {
    source.clear();
    for (let i = 0; i < 100_000; ++i) source.byte(0x5b);
    expect(parseSource()).toBe("nested too deep at 128");
    source.clear();
    for (let i = 0; i < 100_000; ++i) source.ascii('{"a":');
    expect(parseSource()).toBe("nested too deep at 640");
  });

  it("reads 16 MiB in one string", () => {
    const length = 16 << 20;
    source.clear();
    source.reserve(length);
    memory.fill(source.ptr, 0x61, length);
    source.length = length;
    store<u8>(source.ptr, 0x22);
    store<u8>(source.ptr + length - 1, 0x22);
    expect(parseSource()).toBe("ok");
    expect(doc.stringLength(doc.root())).toBe(length - 2);
  });

  it("counts values and gives the tape back", () => {
    source.clear();
    source.byte(0x5b);
    for (let i = 0; i < 300_000; ++i) source.ascii("0,");
    source.ascii("0]");
    expect(parseSource()).toBe("ok");
    expect(doc.size(doc.root())).toBe(300_001);
    doc.release();
    expect(doc.root()).toBe(-1, "released");
    expect(parseSource()).toBe("ok", "once more");
    source.length -= 2;
    for (let i = 0; i < 4_000_000; ++i) source.ascii("0,");
    // The array is one of the 4,194,304 nodes.
    expect(parseSource()).toBe("too many values at " + (1 + 2 * 4_194_303).toString());
    doc.release();
    source.release();
  });
});
