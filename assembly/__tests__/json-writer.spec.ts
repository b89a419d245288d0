// What a JSON writer writes: https://www.rfc-editor.org/rfc/rfc8259

import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";
import { doc, out, root, written } from "./json-support";

const writer = new JsonWriter(out);
const bytes = new ByteWriter();

function asNumber(value: f64): string {
  writer.reset();
  writer.number(value);
  return written();
}

function asString(text: string): string {
  writer.reset();
  writer.string(text);
  return written();
}

/** Bytes as hexadecimal numbers with spaces between, written as a JSON string. */
function asBytes(hex: string): string {
  bytes.clear();
  const parts = hex.split(" ");
  for (let i = 0; i < parts.length; ++i) bytes.byte(<u8>parseInt(parts[i], 16));
  writer.reset();
  writer.stringBytes(bytes.ptr, bytes.length);
  return written();
}

describe("structure", () => {
  it("sets commas", () => {
    writer.reset();
    writer.beginObject();
    writer.keyString("a", "x");
    writer.keyInteger("b", -5);
    writer.key("c");
    writer.beginArray();
    writer.integer(1);
    writer.beginArray();
    writer.endArray();
    writer.beginObject();
    writer.endObject();
    writer.null();
    writer.endArray();
    writer.keyBool("d", true);
    writer.keyBool("e", false);
    writer.keyNull("f");
    writer.key("g");
    writer.beginObject();
    writer.keyInteger("h", 0);
    writer.endObject();
    writer.endObject();
    const expected = '{"a":"x","b":-5,"c":[1,[],{},null],"d":true,"e":false,"f":null,"g":{"h":0}}';
    expect(written()).toBe(expected);
  });

  it("begins anew", () => {
    writer.reset();
    writer.integer(1);
    writer.reset();
    writer.integer(2);
    expect(written()).toBe("12");
  });

  it("copies values and keys byte for byte", () => {
    const object = root('{"a\\u0041": 1e2 , "b":[ 0.10 ], "c":"\\/"}');
    writer.reset();
    writer.beginObject();
    for (let value = doc.first(object); value >= 0; value = doc.next(value)) {
      writer.keyRaw(doc, value);
      writer.value(doc, value);
    }
    writer.keyValue("d", doc, doc.get(object, "b"));
    writer.keyValue("e", doc, -1);
    writer.endObject();
    expect(written()).toBe('{"a\\u0041":1e2,"b":[ 0.10 ],"c":"\\/","d":[ 0.10 ],"e":null}');
  });

  it("takes raw JSON", () => {
    bytes.clear();
    bytes.ascii("[1]");
    writer.reset();
    writer.beginArray();
    writer.raw(bytes.ptr, bytes.length);
    writer.raw(bytes.ptr, bytes.length);
    writer.ascii("x");
    writer.endArray();
    expect(written()).toBe('[[1],[1],"x"]');
  });
});

describe("strings", () => {
  it("escapes what must be escaped", () => {
    expect(asString('"\\/\b\f\n\r\t')).toBe('"\\"\\\\/\\b\\f\\n\\r\\t"');
    expect(asString("\0\x01\x0b\x1f\x7f")).toBe('"\\u0000\\u0001\\u000b\\u001f\x7f"');
    expect(asString("é漢😀\u2028")).toBe('"é漢😀\u2028"');
    expect(asString("")).toBe('""');
    const long = "0123456789".repeat(7);
    expect(asString(long + "\n" + long)).toBe('"' + long + "\\n" + long + '"');
  });

  it("replaces lone surrogates", () => {
    expect(asString(String.fromCharCode(0xd83d))).toBe('"\ufffd"');
    expect(asString("a" + String.fromCharCode(0xde00) + "b")).toBe('"a\ufffdb"');
  });

  it("replaces each ill-formed part of UTF-8 once", () => {
    expect(asBytes("61 c3 a9 62")).toBe('"aéb"');
    expect(asBytes("61 ff 62")).toBe('"a\ufffdb"');
    expect(asBytes("e6 bc 62")).toBe('"\ufffdb"', "two of three");
    expect(asBytes("f0 9f 98")).toBe('"\ufffd"', "cut off");
    expect(asBytes("ed a0 80")).toBe('"\ufffd\ufffd\ufffd"', "a surrogate");
    expect(asBytes("c0 80 22 0a")).toBe('"\ufffd\ufffd\\"\\n"', "overlong");
    expect(asBytes("f0 9f e6 bc a2")).toBe('"\ufffd漢"', "a new beginning");
  });

  it("makes one string of pieces", () => {
    const value = root('"a\\n\\u0041"');
    bytes.clear();
    bytes.text('é"');
    writer.reset();
    writer.beginArray();
    writer.beginString();
    writer.stringPart(doc, value);
    writer.stringText("\t<");
    writer.stringEscape(bytes.ptr, bytes.length);
    writer.stringPart(doc, -1);
    writer.endString();
    writer.integer(1);
    writer.endArray();
    expect(written()).toBe('["a\\n\\u0041\\t<é\\"",1]');
  });
});

describe("numbers", () => {
  it("writes doubles that read as the same again", () => {
    expect(asNumber(0)).toBe("0");
    expect(asNumber(-1)).toBe("-1");
    expect(asNumber(0.1)).toBe("0.1");
    expect(asNumber(1e15)).toBe("1000000000000000");
    expect(asNumber(1e21)).toBe("1e+21");
    expect(asNumber(1.5e-7)).toBe("1.5e-7");
    expect(asNumber(5e-324)).toBe("5e-324");
    expect(asNumber(1.7976931348623157e308)).toBe("1.7976931348623157e+308");
  });

  it("has null for what JSON has not", () => {
    expect(asNumber(NaN)).toBe("null");
    expect(asNumber(Infinity)).toBe("null");
    expect(asNumber(-Infinity)).toBe("null");
  });

  it("writes all integers", () => {
    writer.reset();
    writer.beginArray();
    writer.integer(i64.MIN_VALUE);
    writer.integer(i64.MAX_VALUE);
    writer.integer(0);
    writer.endArray();
    expect(written()).toBe("[-9223372036854775808,9223372036854775807,0]");
  });
});
