// Which texts are JSON, and where the others go wrong: https://www.rfc-editor.org/rfc/rfc8259

import { parse } from "./json-support";

/** Each text must be accepted; answers those that are not. */
function refused(texts: string[]): string {
  const wrong: string[] = [];
  for (let i = 0; i < texts.length; ++i) {
    const result = parse(texts[i]);
    if (result != "ok") wrong.push(texts[i] + " : " + result);
  }
  return wrong.join("\n");
}

/** Each text is followed by the error it must give; answers those that give another. */
function surprises(cases: string[]): string {
  const wrong: string[] = [];
  for (let i = 0; i < cases.length; i += 2) {
    const result = parse(cases[i]);
    if (result != cases[i + 1]) wrong.push(cases[i] + " : " + result);
  }
  return wrong.join("\n");
}

describe("texts that are JSON", () => {
  it("has any value at the top", () => {
    const texts = ["null", "true", "false", "0", '"a"', '""', "[]", "{}", "-1.5e3"];
    expect(refused(texts)).toBe("");
  });

  it("has the four kinds of white space, everywhere", () => {
    // prettier-ignore
    const texts = [
      " null", "null ", "\t\n\r null\t\n\r ", " [ ] ", " { } ", "[1 , 2]", "[ 1,2 ]",
      '{ "a" : 1 , "b" : 2 }', '\n{\n  "a":\t[\r\n1\r\n,\r\n2]\n}\n', "[\n                  1\n]",
      "[1," + " ".repeat(100) + "2]", " ".repeat(50) + "{}" + "\n".repeat(50),
    ];
    expect(refused(texts)).toBe("");
  });

  it("has all kinds of numbers", () => {
    // prettier-ignore
    const texts = [
      "0", "-0", "1", "-1", "10", "1234567890", "0.0", "-0.5", "1.25", "0e1", "0e+1", "0E-1",
      "1e5", "1E5", "1e+5", "1e-5", "1.5e05", "20e1", "1e400", "123e65", "12345678901234567890123",
      "0.00000000000000000000000000000000000000001", "-123456789.123456789e-123", "[1,2.5,-3e1]",
      "[0,0]", '{"a":0}', "[-0]", "1" + "0".repeat(100),
    ];
    expect(refused(texts)).toBe("");
  });

  it("has all escapes and any character from the space on", () => {
    // prettier-ignore
    const texts = [
      '"\\""', '"\\\\"', '"\\/"', '"\\b\\f\\n\\r\\t"', '"\\u0000"', '"\\u00e9\\uABCD\\uabcd"',
      '"\\ud83d\\ude00"', '"\\ud800"', '"\\udc00"', '"\\udc00\\ud800"', '"\\ud800\\ud800"',
      '"\\\\u12"', '"\\u005C"', '"\x7f"', '"é"', '"漢字"', '"😀"', '"\u2028\u2029"', '"\uffff"',
      '"\u{10ffff}"', '"/"', "\"'\"", '"\ufeff"', '"\u0080"', '"[,]:{}"',
    ];
    expect(refused(texts)).toBe("");
  });

  it("has nested, empty and double members", () => {
    // prettier-ignore
    const texts = [
      "[[]]", "[{}]", "[[],[]]", "[[[[]]]]", '{"a":{}}', '{"":0}', '{"a":1,"a":2}',
      '{"":"",""  :[]}', '{"a":[{"b":[{}]}],"c":null}', '{"\\u0061":1}', '{"é":1}',
      "[null,true,false,{},[],0]", "[".repeat(128) + "]".repeat(128),
      '{"a":'.repeat(127) + "{}" + "}".repeat(127),
    ];
    expect(refused(texts)).toBe("");
  });
});

describe("texts that are not JSON", () => {
  it("end too early", () => {
    // prettier-ignore
    const cases = [
      "", "unexpected end at 0", "   ", "unexpected end at 3", "[", "unexpected end at 1",
      "[1", "unexpected end at 2", "[1,", "unexpected end at 3", "{", "unexpected end at 1",
      '{"a"', "unexpected end at 4", '{"a":', "unexpected end at 5",
      '{"a":1', "unexpected end at 6", '{"a":1,', "unexpected end at 7",
      '"', "unexpected end at 1", '"abc', "unexpected end at 4", '"\\', "unexpected end at 2",
      '"\\"', "unexpected end at 3", '"\\u12', "unexpected end at 5", "-", "unexpected end at 1",
      "1.", "unexpected end at 2", "1e", "unexpected end at 2", "1e+", "unexpected end at 3",
      "t", "unexpected end at 1", "nul", "unexpected end at 3", "fals", "unexpected end at 4",
      "[[]", "unexpected end at 3", '{"a":{}', "unexpected end at 7",
      '"' + "x".repeat(64), "unexpected end at 65", "[".repeat(128), "unexpected end at 128",
    ];
    expect(surprises(cases)).toBe("");
  });

  it("have commas, colons or brackets in the wrong place", () => {
    // prettier-ignore
    const cases = [
      "[1,]", "unexpected byte at 3", "[,1]", "unexpected byte at 1",
      "[,]", "unexpected byte at 1", "[1,,2]", "unexpected byte at 3",
      "[1 2]", "unexpected byte at 3", "[1:2]", "unexpected byte at 2",
      "[1}", "unexpected byte at 2", "]", "unexpected byte at 0", "}", "unexpected byte at 0",
      ",", "unexpected byte at 0", ":", "unexpected byte at 0", '{"a":1,}', "unexpected byte at 7",
      "{,}", "unexpected byte at 1", '{"a"}', "unexpected byte at 4",
      '{"a",1}', "unexpected byte at 4", '{"a" 1}', "unexpected byte at 5",
      '{"a"::1}', "unexpected byte at 5", "{1:2}", "unexpected byte at 1",
      "{a:1}", "unexpected byte at 1", '{"a":1 "b":2}', "unexpected byte at 7",
      '{"a":1,,}', "unexpected byte at 7", '{"a":}', "unexpected byte at 5",
      '{"a":1]', "unexpected byte at 6", "{null:1}", "unexpected byte at 1",
      "[{]", "unexpected byte at 2", "[[}]", "unexpected byte at 2",
      "{[]:1}", "unexpected byte at 1", '["a":1]', "unexpected byte at 4",
      "[1,2}", "unexpected byte at 4", '{"a":1,2}', "unexpected byte at 7",
    ];
    expect(surprises(cases)).toBe("");
  });

  it("have words or bytes that JSON has not", () => {
    // prettier-ignore
    const cases = [
      "nil", "unexpected byte at 1", "nulL", "unexpected byte at 3",
      "True", "unexpected byte at 0", "truE", "unexpected byte at 3",
      "FALSE", "unexpected byte at 0", "falsy", "unexpected byte at 4",
      "NaN", "unexpected byte at 0", "Infinity", "unexpected byte at 0",
      "undefined", "unexpected byte at 0", "'a'", "unexpected byte at 0",
      "{'a':1}", "unexpected byte at 1", "// a", "unexpected byte at 0",
      "[1]/*a*/", "bytes after the end at 3", "[1,/*a*/2]", "unexpected byte at 3",
      "#", "unexpected byte at 0", "\ufeff{}", "unexpected byte at 0",
      "\u00a0{}", "unexpected byte at 0", "\u2028[]", "unexpected byte at 0",
      "[\u00a01]", "unexpected byte at 1", "[\f]", "unexpected byte at 1",
      "[\v]", "unexpected byte at 1", "\0", "unexpected byte at 0", "[\0]", "unexpected byte at 1",
      "[1\0]", "unexpected byte at 2", '{"a"\0:1}', "unexpected byte at 4",
      '{\0"a":1}', "unexpected byte at 1", "[é]", "unexpected byte at 1",
      "[nullx]", "unexpected byte at 5", "\\u0022a\\u0022", "unexpected byte at 0",
      "[\x01]", "unexpected byte at 1", "[" + " ".repeat(20) + "\x0b]", "unexpected byte at 21",
      "<html>", "unexpected byte at 0",
    ];
    expect(surprises(cases)).toBe("");
  });

  it("have numbers that are none", () => {
    // prettier-ignore
    const cases = [
      "01", "invalid number at 1", "-01", "invalid number at 2", "00", "invalid number at 1",
      "0123.4", "invalid number at 1", "+1", "unexpected byte at 0", ".5", "unexpected byte at 0",
      "[-]", "invalid number at 2", "--1", "invalid number at 1", "-.5", "invalid number at 1",
      "-a", "invalid number at 1", "-Infinity", "invalid number at 1",
      "[1.]", "invalid number at 3", "1.e5", "invalid number at 2",
      "1.5.5", "bytes after the end at 3", "[1e]", "invalid number at 3",
      "[1e+]", "invalid number at 4", "[1e-]", "invalid number at 4",
      "1ee5", "invalid number at 2", "[1e1.5]", "unexpected byte at 4",
      "[0x1F]", "unexpected byte at 2", "[1_000]", "unexpected byte at 2",
      "[1a]", "unexpected byte at 2", "[0e]", "invalid number at 3",
      "[1+2]", "unexpected byte at 2", "[1 000]", "unexpected byte at 3",
      "1f", "bytes after the end at 1", "[1.5e]", "invalid number at 5",
      "[-2.]", "invalid number at 4", "[１]", "unexpected byte at 1",
      "[1,0" + "0".repeat(40) + "]", "invalid number at 4",
    ];
    expect(surprises(cases)).toBe("");
  });

  it("have control characters or wrong escapes in strings", () => {
    // prettier-ignore
    const cases = [
      '"\n"', "control character in a string at 1", '"a\tb"', "control character in a string at 2",
      '"\0"', "control character in a string at 1", '"\x1f"', "control character in a string at 1",
      '["' + "x".repeat(30) + '\r"]', "control character in a string at 32",
      '{"a\nb":1}', "control character in a string at 3", '"\\a"', "invalid escape at 2",
      '"\\x41"', "invalid escape at 2", '"\\\'"', "invalid escape at 2",
      '"\\0"', "invalid escape at 2", '"\\U0041"', "invalid escape at 2",
      '"\\ "', "invalid escape at 2", '"\\\n"', "invalid escape at 2",
      '"\\u"', "invalid escape at 3", '"\\u1"', "invalid escape at 4",
      '"\\u12"', "invalid escape at 5", '"\\u123"', "invalid escape at 6",
      '"\\u12G4"', "invalid escape at 5", '"\\u+123"', "invalid escape at 3",
      '"\\u 123"', "invalid escape at 3", '"\\ud83d\\u12"', "invalid escape at 11",
      '"\\é"', "invalid escape at 2", '{"\\q":1}', "invalid escape at 3",
      '"\\u00/0"', "invalid escape at 5", '"\\u00:0"', "invalid escape at 5",
      '"\\u00@0"', "invalid escape at 5", '"\\u00`0"', "invalid escape at 5",
      '"\\N"', "invalid escape at 2",
    ];
    expect(surprises(cases)).toBe("");
  });

  it("go on after the end or too deep", () => {
    // prettier-ignore
    const cases = [
      "1 2", "bytes after the end at 2", "[][]", "bytes after the end at 2",
      "{}}", "bytes after the end at 2", '{"a":1}{"b":2}', "bytes after the end at 7",
      "nullx", "bytes after the end at 4", '""x', "bytes after the end at 2",
      "[],", "bytes after the end at 2", "{}\0", "bytes after the end at 2",
      "1\n\n.", "bytes after the end at 3", "[".repeat(129), "nested too deep at 128",
      "[".repeat(129) + "]".repeat(129), "nested too deep at 128",
      '{"a":'.repeat(128) + "{", "nested too deep at 640",
      "[" + "[],".repeat(10) + "[".repeat(128), "nested too deep at 158",
    ];
    expect(surprises(cases)).toBe("");
  });
});
