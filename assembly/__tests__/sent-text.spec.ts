// Text that is repeated at the end.
import { Document } from "../json/document";
import { SentText } from "../stream/sent-text";
import { utf8Of } from "./hex-text";

/** What a repetition adds to the pieces before it. */
function missing(pieces: string[], whole: string): string {
  const sent = new SentText();
  const doc = new Document();
  for (let i = 0; i < pieces.length; ++i) {
    const text = utf8Of(pieces[i]);
    doc.parse(text.ptr, text.length);
    sent.add(doc, doc.root());
    text.release();
  }
  const text = utf8Of(whole);
  doc.parse(text.ptr, text.length);
  sent.beginWhole();
  sent.addWhole(doc, doc.root());
  const rest = sent.missing().toString();
  text.release();
  sent.release();
  return rest;
}

describe("SentText", () => {
  it("has nothing to add to what was sent", () => {
    expect(missing(['"Hel"', '"lo"'], '"Hello"')).toBe("");
    expect(missing(['"\\u4f60"'], '"你"')).toBe("");
    expect(missing([], '""')).toBe("");
  });
  it("adds what was not sent", () => {
    expect(missing(['"Hel"'], '"Hello \\"you\\""')).toBe('"lo \\"you\\""');
    expect(missing([], '"你好"')).toBe('"你好"');
  });
  it("adds nothing of another text", () => {
    expect(missing(['"Hello"'], '"Greetings"')).toBe("");
    expect(missing(['"Hello"'], '"Hi"')).toBe("");
  });
});
