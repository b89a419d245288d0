// Stop sequences at the end of a text that comes in pieces.
import { Document } from "../json/document";
import { StopTail } from "../stream/stop-tail";
import { utf8Of } from "./hex-text";

/** What goes out for each piece and at the end, separated by bars. */
function pass(pieces: string[], stops: string[], isStop: bool = true): string {
  const tail = new StopTail(stops);
  const doc = new Document();
  const told: string[] = [];
  for (let i = 0; i < pieces.length; ++i) {
    const text = utf8Of(pieces[i]);
    doc.parse(text.ptr, text.length);
    tail.add(doc, doc.root());
    told.push(tail.take().toString());
    text.release();
  }
  told.push(tail.finish(isStop).toString());
  tail.release();
  return told.join("|");
}

describe("StopTail", () => {
  it("holds back as many characters as the longest sequence has", () => {
    expect(pass(['"abcdef"'], ["xyz"])).toBe('"abc"|"def"');
    expect(pass(['"ab"', '"cd"'], ["xyz", "y"])).toBe('|"a"|"bcd"');
    expect(pass(['"一二三"'], ["结束"])).toBe('"一"|"二三"');
    expect(pass(['"a😀b"'], ["z"])).toBe('"a😀"|"b"');
  });
  it("cuts off the longest sequence at the end", () => {
    expect(pass(['"Some text.END"'], ["END", "ND"])).toBe('"Some text."|');
    expect(pass(['"a结"', '"束"'], ["结束"])).toBe('|"a"|');
    expect(pass(['"END"'], ["END"])).toBe("|");
    expect(pass(['"a\\n\\n"'], ["\n\n"])).toBe('"a"|');
  });
  it("leaves other texts and ends as they are", () => {
    expect(pass(['"END."'], ["END"])).toBe('"E"|"ND."');
    expect(pass(['"a END"'], ["END"], false)).toBe('"a "|"END"');
    expect(pass([], ["END"])).toBe("");
  });
  it("escapes what it gives out", () => {
    expect(pass(['"\\"a\\"\\n\\u4e00"'], ["z"])).toBe('"\\"a\\"\\n"|"一"');
  });
});
