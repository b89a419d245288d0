// Objects under a key, in JSON of any split.
import { ObjectScanner } from "../json/object-scanner";
import { utf8Of } from "./hex-text";

/** What is found in a text that comes in pieces of a length. */
function found(text: string, length: i32): string {
  const bytes = utf8Of(text);
  const scanner = new ObjectScanner('"usage"');
  const objects: string[] = [];
  for (let at = 0; at < bytes.length; at += length) {
    scanner.push(bytes.ptr + at, min(length, bytes.length - at));
    while (scanner.next()) objects.push(scanner.found.toString());
  }
  scanner.release();
  bytes.release();
  return objects.join(" | ");
}

function expectFound(text: string, objects: string): void {
  for (let length = 1; length <= text.length; ++length) expect(found(text, length)).toBe(objects);
}

describe("ObjectScanner", () => {
  it("finds objects wherever they are cut", () => {
    expectFound('{"a":1,"usage":{"b":{"c":2}},"d":3}', '{"b":{"c":2}}');
    expectFound('{"usage" : \n {}}', "{}");
    expectFound('{"usage":{"a":1}}\n{"usage":{"a":2}}', '{"a":1} | {"a":2}');
  });

  it("passes values that are no objects", () => {
    expectFound('{"usage":null,"usage":7,"usage":"usage","usage":[{}]}', "");
    expectFound('["usage",{"a":1}]', "");
    expectFound('{"usage":"","usage":{"a":1}}', '{"a":1}');
  });

  it("finds no key in a text", () => {
    expectFound('{"text":"{\\"usage\\":{\\"a\\":1}}"}', "");
  });

  it("finds longer and shorter keys apart", () => {
    expectFound('{"usages":{"a":1},"usag":{"a":2},"":{}}', "");
    expectFound('{"":"usage","x":{}, "usage":{"a":3}}', '{"a":3}');
  });

  it("is not misled by brackets in texts", () => {
    expectFound('{"usage":{"a":"}","b":"\\"}{"}}', '{"a":"}","b":"\\"}{"}');
  });

  it("gives up an object that is too long", () => {
    const long = '{"usage":{"a":"' + "x".repeat(9000) + '"}}{"usage":{"a":1}}';
    expect(found(long, 1000)).toBe('{"a":1}');
  });

  it("finds strings, if those are looked for", () => {
    const text = '{"a":"model","model":null,"model":7,"model" : "x\\"y{","b":{"model":"z"}}';
    for (let length = 1; length <= text.length; ++length) {
      const bytes = utf8Of(text);
      const scanner = new ObjectScanner('"model"', true);
      const strings: string[] = [];
      for (let at = 0; at < bytes.length; at += length) {
        scanner.push(bytes.ptr + at, min(length, bytes.length - at));
        while (scanner.next()) strings.push(scanner.found.toString());
      }
      expect(strings.join(" | ")).toBe('"x\\"y{" | "z"');
      scanner.release();
      bytes.release();
    }
  });
});
