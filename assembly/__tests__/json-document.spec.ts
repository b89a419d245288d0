// What a parsed document answers about its values: https://www.rfc-editor.org/rfc/rfc8259

import { JsonKind } from "../json/document";
import { doc, out, parse, root, written } from "./json-support";

/** The raw text of a value. */
function raw(value: i32): string {
  return String.UTF8.decodeUnsafe(doc.ptr + doc.start(value), doc.end(value) - doc.start(value));
}

function decoded(value: i32): string {
  doc.decodeString(value, out);
  return written();
}

/** The raw texts of elements or member values. */
function children(value: i32): string {
  const parts: string[] = [];
  for (let child = doc.first(value); child >= 0; child = doc.next(child)) parts.push(raw(child));
  return parts.join("|");
}

describe("kinds", () => {
  it("knows each kind", () => {
    const list = root('[null,false,true,1,"a",[],{}]');
    expect(doc.kind(list)).toBe(JsonKind.Array);
    expect(doc.isArray(list)).toBe(true, "array");
    expect(doc.isNull(doc.at(list, 0))).toBe(true, "null");
    expect(doc.isFalse(doc.at(list, 1))).toBe(true, "false");
    expect(doc.isTrue(doc.at(list, 2))).toBe(true, "true");
    expect(doc.isNumber(doc.at(list, 3))).toBe(true, "number");
    expect(doc.isString(doc.at(list, 4))).toBe(true, "string");
    expect(doc.isArray(doc.at(list, 5))).toBe(true, "inner array");
    expect(doc.isObject(doc.at(list, 6))).toBe(true, "object");
  });

  it("tells missing from null", () => {
    const object = root('{"a":null}');
    expect(doc.isNull(doc.get(object, "a"))).toBe(true, "null");
    expect(doc.absent(doc.get(object, "a"))).toBe(true, "null is absent");
    expect(doc.isNull(doc.get(object, "b"))).toBe(false, "missing is not null");
    expect(doc.absent(doc.get(object, "b"))).toBe(true, "missing is absent");
    expect(doc.absent(object)).toBe(false, "an object is not");
  });

  it("answers for a missing value", () => {
    root('{"a":1}');
    const values = [-1, 99, i32.MIN_VALUE];
    for (let i = 0; i < values.length; ++i) {
      const value = values[i];
      expect(doc.kind(value)).toBe(JsonKind.Missing);
      expect(doc.first(value)).toBe(-1);
      expect(doc.next(value)).toBe(-1);
      expect(doc.size(value)).toBe(0);
      expect(doc.get(value, "a")).toBe(-1);
      expect(doc.at(value, 0)).toBe(-1);
      expect(doc.key(value)).toBe("");
      expect(doc.keyIs(value, "")).toBe(false);
      expect(doc.string(value)).toBe("");
      expect(doc.stringIs(value, "")).toBe(false);
      expect(doc.stringStartsWith(value, "")).toBe(false);
      expect(doc.isEmptyString(value)).toBe(false);
      expect(doc.stringLength(value)).toBe(0);
      expect(doc.hasEscapes(value)).toBe(false);
      expect(decoded(value)).toBe("");
      expect(doc.integer(value, 7)).toBe(7);
      expect(isNaN(doc.number(value))).toBe(true);
      expect(doc.start(value) + doc.end(value) + doc.keyStart(value) + doc.keyEnd(value)).toBe(0);
    }
  });

  it("has no values after an error", () => {
    root("[1,2]");
    expect(parse("[1,2")).toBe("unexpected end at 4");
    expect(doc.root()).toBe(-1);
    expect(doc.kind(0)).toBe(JsonKind.Missing);
    expect(parse("[]")).toBe("ok", "and again");
  });
});

describe("arrays and objects", () => {
  it("walks children", () => {
    expect(children(root("[1,[2,3],{},[],4]"))).toBe("1|[2,3]|{}|[]|4");
    expect(children(root(' { "a" : 1 , "b" : [ 2 ] , "c" : {"d":3} } '))).toBe('1|[ 2 ]|{"d":3}');
    expect(children(root("[]"))).toBe("");
    expect(children(root("{}"))).toBe("");
    expect(children(root("[[]]"))).toBe("[]");
    expect(children(root("12"))).toBe("");
    expect(children(doc.at(root("[[],[1]]"), 0))).toBe("");
    expect(children(doc.at(root("[{},[1],2]"), 1))).toBe("1");
  });

  it("counts and picks", () => {
    const list = root("[10,[20],30]");
    expect(doc.size(list)).toBe(3);
    expect(raw(doc.at(list, 0))).toBe("10");
    expect(raw(doc.at(list, 1))).toBe("[20]");
    expect(raw(doc.at(list, 2))).toBe("30");
    expect(doc.at(list, 3)).toBe(-1);
    expect(doc.at(list, -1)).toBe(-1);
    expect(doc.at(root('{"a":1}'), 0)).toBe(-1, "an object has no index");
    expect(doc.size(doc.root())).toBe(1);
  });

  it("gets members by name", () => {
    const object = root('{"model":"x","max_completion_tokens":5,"":0,"n":[1],"a12":1,"a123":2}');
    expect(raw(doc.get(object, "model"))).toBe('"x"');
    expect(raw(doc.get(object, "max_completion_tokens"))).toBe("5");
    expect(raw(doc.get(object, ""))).toBe("0");
    expect(raw(doc.get(object, "n"))).toBe("[1]");
    expect(raw(doc.get(object, "a12"))).toBe("1");
    expect(raw(doc.get(object, "a123"))).toBe("2");
    expect(doc.get(object, "mode")).toBe(-1);
    expect(doc.get(object, "models")).toBe(-1);
    expect(doc.get(object, "max_completion_tokenz")).toBe(-1);
    expect(doc.get(object, "nax_completion_tokens")).toBe(-1);
    expect(doc.get(doc.get(object, "n"), "model")).toBe(-1, "an array has no names");
  });

  it("takes the last of several", () => {
    expect(raw(doc.get(root('{"a":1,"b":2,"a":3}'), "a"))).toBe("3");
    expect(raw(doc.get(root('{"a":1,"\\u0061":[4]}'), "a"))).toBe("[4]");
    expect(raw(doc.get(root('{"a":{"a":1}}'), "a"))).toBe('{"a":1}');
  });

  it("compares escaped keys decoded", () => {
    const object = root('{"m\\u006fdel":1,"a\\/b":2,"\\"":3,"model\\u0000":4}');
    expect(raw(doc.get(object, "model"))).toBe("1");
    expect(raw(doc.get(object, "a/b"))).toBe("2");
    expect(raw(doc.get(object, '"'))).toBe("3");
    expect(doc.get(object, "m\\u006fdel")).toBe(-1);
  });

  it("knows keys", () => {
    const object = root('{ "a\\n" : 1, "é" : [2] }');
    const first = doc.first(object);
    expect(doc.key(first)).toBe("a\n");
    expect(doc.keyIs(first, "a\n")).toBe(true);
    expect(doc.keyIs(first, "a")).toBe(false);
    expect(doc.keyStart(first)).toBe(2);
    expect(doc.keyEnd(first)).toBe(7);
    const second = doc.next(first);
    expect(doc.key(second)).toBe("é");
    expect(doc.key(doc.first(second))).toBe("", "an element has none");
    expect(doc.isMember(doc.first(second))).toBe(false);
    expect(doc.key(object)).toBe("", "the root has none");
  });
});

describe("strings", () => {
  it("decodes", () => {
    expect(doc.string(root('"plain"'))).toBe("plain");
    expect(doc.string(root('""'))).toBe("");
    expect(doc.string(root('"\\"\\\\\\/\\b\\f\\n\\r\\t"'))).toBe('"\\/\b\f\n\r\t');
    expect(doc.string(root('"\\u00e9\\u6F22\\u0041"'))).toBe("é漢A");
    expect(doc.string(root('"\\ud83d\\ude00!"'))).toBe("😀!");
    expect(doc.string(root('"é漢😀"'))).toBe("é漢😀");
    expect(doc.string(root('"a\\u0000b"'))).toBe("a\0b");
    expect(doc.string(root("1"))).toBe("", "a number is no string");
  });

  it("replaces escapes of lone surrogates", () => {
    expect(decoded(root('"\\ud83d"'))).toBe("\ufffd");
    expect(decoded(root('"\\ude00"'))).toBe("\ufffd");
    expect(decoded(root('"\\ud83dx"'))).toBe("\ufffdx");
    expect(decoded(root('"\\ud83d\\n"'))).toBe("\ufffd\n");
    expect(decoded(root('"\\ud83d\\u0041"'))).toBe("\ufffdA");
    expect(decoded(root('"\\ud83d\\ud83d\\ude00"'))).toBe("\ufffd😀");
    expect(decoded(root('"\\ude00\\ud83d"'))).toBe("\ufffd\ufffd");
  });

  it("decodes long texts with escapes between", () => {
    const long = "0123456789".repeat(5);
    expect(decoded(root('"' + long + "\\n" + long + '\\u00e9"'))).toBe(long + "\n" + long + "é");
    expect(decoded(root('"' + "\\n".repeat(40) + '"'))).toBe("\n".repeat(40));
    expect(decoded(root('"' + "漢\\t".repeat(20) + '"'))).toBe("漢\t".repeat(20));
  });

  it("compares", () => {
    const value = root('"data:image/png"');
    expect(doc.stringIs(value, "data:image/png")).toBe(true);
    expect(doc.stringIs(value, "data:image/pnG")).toBe(false);
    expect(doc.stringIs(value, "data:")).toBe(false);
    expect(doc.stringStartsWith(value, "data:")).toBe(true);
    expect(doc.stringStartsWith(value, "")).toBe(true);
    expect(doc.stringStartsWith(value, "data:image/png;")).toBe(false);
    expect(doc.stringStartsWith(value, "http")).toBe(false);
    expect(doc.stringIs(root('"us\\u0065r"'), "user")).toBe(true);
    expect(doc.stringStartsWith(doc.root(), "use")).toBe(true);
    expect(doc.stringStartsWith(doc.root(), "users")).toBe(false);
    expect(doc.stringIs(root("true"), "true")).toBe(false);
  });

  it("knows lengths and escapes", () => {
    expect(doc.isEmptyString(root('""'))).toBe(true);
    expect(doc.isEmptyString(root('" "'))).toBe(false);
    expect(doc.stringLength(root('"a\\n"'))).toBe(3);
    expect(doc.hasEscapes(doc.root())).toBe(true);
    expect(doc.hasEscapes(root('"aé"'))).toBe(false);
    expect(doc.hasEscapes(doc.at(root('["\\n","a"]'), 1))).toBe(false, "not left over");
  });
});

describe("two strings", () => {
  it("are the same where their texts are", () => {
    const list = root('["ab","a\\u0062","ac","","\\u0000",1,1]');
    const first = doc.at(list, 0);
    expect(doc.sameString(first, first)).toBe(true);
    expect(doc.sameString(first, doc.at(list, 1))).toBe(true);
    expect(doc.sameString(first, doc.at(list, 2))).toBe(false);
    expect(doc.sameString(first, doc.at(list, 3))).toBe(false);
    expect(doc.sameString(doc.at(list, 3), doc.at(list, 4))).toBe(false);
    expect(doc.sameString(doc.at(list, 5), doc.at(list, 6))).toBe(false, "numbers are no strings");
    expect(doc.sameString(first, -1)).toBe(false);
    expect(doc.sameString(-1, -1)).toBe(false);
  });
});

describe("numbers", () => {
  it("reads integers in every form", () => {
    expect(doc.integer(root("0"), 7)).toBe(0);
    expect(doc.integer(root("-0"), 7)).toBe(0);
    expect(doc.integer(root("-0.0e5"), 7)).toBe(0);
    expect(doc.integer(root("0e999999999999999999999"), 7)).toBe(0);
    expect(doc.integer(root("3.0"), 7)).toBe(3);
    expect(doc.integer(root("1e2"), 7)).toBe(100);
    expect(doc.integer(root("-12.50e+1"), 7)).toBe(-125);
    expect(doc.integer(root("1500E-2"), 7)).toBe(15);
    expect(doc.integer(root("100000000000000000000e-20"), 7)).toBe(1);
    expect(doc.integer(root("9223372036854775807"), 7)).toBe(i64.MAX_VALUE);
    expect(doc.integer(root("-9223372036854775808"), 7)).toBe(i64.MIN_VALUE);
  });

  it("falls back where it is no integer of 64 bits", () => {
    expect(doc.integer(root("3.5"), 7)).toBe(7);
    expect(doc.integer(root("1e-2"), 7)).toBe(7);
    expect(doc.integer(root("9223372036854775808"), 7)).toBe(7);
    expect(doc.integer(root("-9223372036854775809"), 7)).toBe(7);
    expect(doc.integer(root("1e19"), 7)).toBe(7);
    expect(doc.integer(root("1e999999999999999999999"), 7)).toBe(7);
    expect(doc.integer(root("1e-999999999999999999999"), 7)).toBe(7);
    expect(doc.integer(root("123456789012345678901234567890"), 7)).toBe(7);
    expect(doc.integer(root('"3"'), 7)).toBe(7);
    expect(doc.integer(root("true"), 7)).toBe(7);
  });

  it("reads doubles", () => {
    expect(doc.number(root("0.7"))).toBe(0.7);
    expect(doc.number(root("-1.25e-3"))).toBe(-1.25e-3);
    expect(doc.number(root("123456789.123456"))).toBe(123456789.123456);
    expect(doc.number(root("5e22"))).toBe(5e22);
    expect(doc.number(root("1e400"))).toBe(Infinity);
    expect(doc.number(root("1e-400"))).toBe(0);
    expect(doc.number(root("-1e999999999999999999999"))).toBe(-Infinity);
    expect(isNaN(doc.number(root('"1"')))).toBe(true);
    const long = doc.number(root("123456789012345678901234567890.5"));
    expect(abs(long / 123456789012345678901234567890.5 - 1) < 1e-15).toBe(true, "many digits");
  });
});
