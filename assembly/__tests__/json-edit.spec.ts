// Changes in the raw text of a document, and what they leave as it is.

import { JsonEdit } from "../json/edit";
import { ByteWriter } from "../text/byte-writer";
import { doc, out, root, written } from "./json-support";

const edit = new JsonEdit();
const bytes = new ByteWriter();

/** Parses a text and begins to edit it; answers its root. */
function begin(text: string): i32 {
  const object = root(text);
  edit.begin(doc);
  return object;
}

/** The edited text; "prefix: ..." where the prefix and the rest together are another. */
function result(): string {
  edit.apply(out);
  const whole = written();
  const end = edit.prefixEnd();
  edit.applyPrefix(out);
  out.bytes(doc.ptr + end, doc.length - end);
  const joined = written();
  return joined == whole ? whole : "prefix: " + joined;
}

/** The text without members of these names. */
function without(text: string, names: string): string {
  const object = begin(text);
  const list = names.split(" ");
  for (let i = 0; i < list.length; ++i) edit.remove(object, list[i]);
  return result();
}

function replace(value: i32, json: string): void {
  bytes.clear();
  bytes.text(json);
  edit.replace(value, bytes.ptr, bytes.length);
}

describe("removing", () => {
  it("takes one comma along", () => {
    expect(without('{"a":1,"b":2,"c":3}', "a")).toBe('{"b":2,"c":3}', "first");
    expect(without('{"a":1,"b":2,"c":3}', "b")).toBe('{"a":1,"c":3}', "middle");
    expect(without('{"a":1,"b":2,"c":3}', "c")).toBe('{"a":1,"b":2}', "last");
    expect(without('{"a":1}', "a")).toBe("{}", "only");
  });

  it("takes several", () => {
    expect(without('{"a":1,"b":2,"c":3}', "a b")).toBe('{"c":3}', "a and b");
    expect(without('{"a":1,"b":2,"c":3}', "b a")).toBe('{"c":3}', "b and a");
    expect(without('{"a":1,"b":2,"c":3}', "c a")).toBe('{"b":2}', "c and a");
    expect(without('{"a":1,"b":2,"c":3}', "b c")).toBe('{"a":1}', "b and c");
    expect(without('{"a":1,"b":2,"c":3}', "c b a")).toBe("{}", "all");
    expect(without('{"a":1,"b":2,"c":3,"d":4,"e":5}', "b d")).toBe('{"a":1,"c":3,"e":5}');
    expect(without('{"a":1,"b":2,"c":3,"d":4}', "d b a")).toBe('{"c":3}', "d, b and a");
  });

  it("takes every duplicate", () => {
    expect(without('{"a":1,"b":2,"a":3}', "a")).toBe('{"b":2}');
    expect(without('{"a":1,"a":2}', "a")).toBe("{}");
    expect(without('{"b":0,"a":1,"\\u0061":2}', "a")).toBe('{"b":0}');
  });

  it("keeps white space that is not its own", () => {
    expect(without('{ "a" : 1 , "b" : 2 , "c" : 3 }', "a")).toBe('{ "b" : 2 , "c" : 3 }');
    expect(without('{ "a" : 1 , "b" : 2 , "c" : 3 }', "b")).toBe('{ "a" : 1 , "c" : 3 }');
    expect(without('{ "a" : 1 , "b" : 2 , "c" : 3 }', "c")).toBe('{ "a" : 1 , "b" : 2 }');
    expect(without('{\n  "a": 1,\n  "b": 2\n}\n', "b")).toBe('{\n  "a": 1\n}\n');
    expect(without("{ }", "a")).toBe("{ }");
  });

  it("does nothing where there is nothing", () => {
    expect(without('{"a":1}', "b")).toBe('{"a":1}');
    expect(edit.isEmpty()).toBe(true);
    expect(edit.prefixEnd()).toBe(0);
    expect(without("[1]", "a")).toBe("[1]");
    edit.remove(-1, "a");
    edit.setString(-1, "a", "b");
    edit.rename(-1, "a", "b");
    replace(-1, "1");
    expect(edit.isEmpty()).toBe(true, "missing values");
  });
});

describe("setting", () => {
  it("replaces in place", () => {
    const object = begin('{"a":1e2, "model" : "x" ,"b":0.10,"c":12345678901234567890}');
    edit.setString(object, "model", 'y"');
    expect(result()).toBe('{"a":1e2, "model" : "y\\"" ,"b":0.10,"c":12345678901234567890}');
    expect(edit.prefixEnd()).toBe(23);
  });

  it("inserts as the first member", () => {
    let object = begin('{"a":1}');
    edit.setBool(object, "stream", true);
    expect(result()).toBe('{"stream":true,"a":1}');
    expect(edit.prefixEnd()).toBe(1);
    object = begin("{}");
    edit.setInteger(object, "n", -3);
    expect(result()).toBe('{"n":-3}');
    object = begin(' { "a" : 1 } ');
    edit.setRaw(object, "b", '{"c":[]}');
    edit.setRaw(object, "d", "2");
    expect(result()).toBe(' {"b":{"c":[]},"d":2, "a" : 1 } ');
  });

  it("keeps the last of several", () => {
    const object = begin('{"a":1,"b":2,"a":3,"c":4}');
    edit.setInteger(object, "a", 9);
    expect(result()).toBe('{"b":2,"a":9,"c":4}');
  });

  it("sets the same name again", () => {
    const object = begin('{"a":1}');
    edit.setInteger(object, "a", 2);
    edit.setInteger(object, "a", 3);
    edit.setInteger(object, "b", 4);
    edit.setInteger(object, "b", 5);
    expect(result()).toBe('{"b":5,"a":3}');
  });

  it("copies the bytes", () => {
    const object = begin('{"a":1}');
    bytes.clear();
    bytes.ascii("[2]");
    edit.set(object, "a", bytes.ptr, bytes.length);
    edit.set(object, "b", bytes.ptr, bytes.length);
    bytes.clear();
    bytes.ascii("xxx");
    expect(result()).toBe('{"b":[2],"a":[2]}');
  });

  it("goes together with removing", () => {
    let object = begin('{"a":1,"b":2}');
    edit.setInteger(object, "x", 9);
    edit.remove(object, "a");
    expect(result()).toBe('{"x":9,"b":2}', "insert, remove the first");
    object = begin('{"a":1}');
    edit.remove(object, "a");
    edit.setInteger(object, "x", 9);
    expect(result()).toBe('{"x":9}', "remove the only one, insert");
    object = begin('{"a":1,"b":2}');
    edit.setInteger(object, "x", 9);
    edit.remove(object, "x");
    expect(result()).toBe('{"a":1,"b":2}', "insert, remove that");
    expect(edit.isEmpty()).toBe(true);
    object = begin('{"a":1,"b":2}');
    edit.remove(object, "a");
    edit.setInteger(object, "a", 3);
    expect(result()).toBe('{"a":3,"b":2}', "remove, set the same");
    object = begin('{"a":1,"b":2}');
    edit.setInteger(object, "b", 3);
    edit.remove(object, "b");
    expect(result()).toBe('{"a":1}', "set, remove the same");
  });
});

describe("renaming", () => {
  it("changes the key alone", () => {
    let object = begin('{"a" : 1,"b":2}');
    edit.rename(object, "a", "new");
    expect(result()).toBe('{"new" : 1,"b":2}');
    object = begin('{"a":1,"a":2}');
    edit.rename(object, "a", "b");
    expect(result()).toBe('{"b":2}', "the last one");
  });

  it("removes members of the new name", () => {
    let object = begin('{"max_tokens":1,"x":0,"max_completion_tokens":2}');
    edit.rename(object, "max_completion_tokens", "max_tokens");
    expect(result()).toBe('{"x":0,"max_tokens":2}');
    object = begin('{"a":1,"b":2}');
    edit.rename(object, "a", "b");
    expect(result()).toBe('{"b":1}');
  });

  it("does nothing without a member of the old name", () => {
    const object = begin('{"b":2}');
    edit.rename(object, "a", "b");
    edit.rename(object, "b", "b");
    expect(result()).toBe('{"b":2}');
    expect(edit.isEmpty()).toBe(true);
  });

  it("goes together with the others", () => {
    let object = begin('{"a":1}');
    edit.rename(object, "a", "b");
    edit.setInteger(object, "b", 5);
    expect(result()).toBe('{"b":5}', "rename, set the new name");
    object = begin('{"a":1}');
    edit.rename(object, "a", "b");
    edit.setInteger(object, "a", 5);
    expect(result()).toBe('{"a":5,"b":1}', "rename, set the old name");
    object = begin('{"a":1,"c":2}');
    edit.rename(object, "a", "b");
    edit.remove(object, "b");
    expect(result()).toBe('{"c":2}', "rename, remove");
    object = begin('{"c":2}');
    edit.setInteger(object, "a", 1);
    edit.rename(object, "a", "c");
    expect(result()).toBe('{"c":1}', "insert, rename");
    object = begin('{"a":1}');
    edit.rename(object, "a", "b");
    edit.rename(object, "b", "c");
    expect(result()).toBe('{"c":1}', "twice");
  });
});

describe("values in values", () => {
  it("edits at all depths", () => {
    const object = begin('{"m":[{"role":"developer","x":1},{"x":{"y":2}}],"n":1}');
    const messages = doc.get(object, "m");
    const first = doc.at(messages, 0);
    const second = doc.at(messages, 1);
    edit.remove(object, "n");
    edit.setInteger(doc.get(second, "x"), "z", 3);
    edit.setString(first, "role", "system");
    edit.remove(first, "x");
    replace(doc.get(doc.get(second, "x"), "y"), "[]");
    expect(result()).toBe('{"m":[{"role":"system"},{"x":{"z":3,"y":[]}}]}');
  });

  it("drops edits inside of what is replaced or removed", () => {
    let object = begin('{"a":{"b":1},"c":[{"d":2}],"e":3}');
    edit.setInteger(doc.get(object, "a"), "b", 5);
    edit.setInteger(doc.get(object, "a"), "new", 5);
    replace(doc.get(object, "a"), "0");
    edit.remove(doc.at(doc.get(object, "c"), 0), "d");
    edit.remove(object, "c");
    expect(result()).toBe('{"a":0,"e":3}');
    object = begin('{"a":{"b":1},"c":2}');
    edit.remove(object, "a");
    edit.setInteger(doc.get(object, "a"), "b", 5);
    expect(result()).toBe('{"c":2}', "the first member");
  });

  it("replaces elements and the root", () => {
    replace(doc.at(begin("[1, 2 ,3]"), 1), '{"a":2}');
    expect(result()).toBe('[1, {"a":2} ,3]');
    replace(begin(' {"a":1} '), "null");
    expect(result()).toBe(" null ");
  });

  it("makes hundreds of edits in any order", () => {
    const object = begin("[" + '{"a":1,"b":2},'.repeat(300) + '{"a":1,"b":2}]');
    for (let i = 300; i >= 0; --i) {
      const element = doc.at(object, i);
      edit.remove(element, i % 2 == 0 ? "a" : "b");
      edit.setInteger(element, "c", 0);
    }
    expect(result()).toBe("[" + '{"c":0,"b":2},{"c":0,"a":1},'.repeat(150) + '{"c":0,"b":2}]');
    edit.release();
    begin("[]");
    expect(result()).toBe("[]", "after release");
  });
});
