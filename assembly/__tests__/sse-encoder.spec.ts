// Events as OpenAI writes them: `data: …` and a blank line.
import { beginEvent, endEvent, joinLines, writeDone, writeEvent } from "../stream/sse-encoder";
import { ByteWriter } from "../text/byte-writer";
import { bytesOf, eventsOf } from "./sse-trace";

describe("SSE encoder", () => {
  it("writes one data line and a blank line", () => {
    const out = new ByteWriter();
    const payload = bytesOf('{"a":"é"}');
    writeEvent(payload.ptr, payload.length, out);
    expect(out.toString()).toBe('data: {"a":"é"}\n\n');
    writeDone(out);
    expect(out.toString()).toBe('data: {"a":"é"}\n\ndata: [DONE]\n\n');
    expect(eventsOf(out.toString())).toBe('data={"a":"é"} plain | data=[DONE] plain');
  });
  it("takes a payload that is written in between", () => {
    const out = bytesOf("x");
    beginEvent(out);
    out.integer(7);
    endEvent(out);
    expect(out.toString()).toBe("xdata: 7\n\n");
  });
  it("grows at every length", () => {
    for (let length = 0; length < 600; length += 7) {
      const out = bytesOf("x".repeat(length));
      beginEvent(out);
      endEvent(out);
      expect(out.toString()).toBe("x".repeat(length) + "data: \n\n");
      out.release();
    }
  });
  it("makes one line of several, and touches nothing before", () => {
    const out = bytesOf("\n");
    const start = out.length;
    out.ascii('{\n"a":\n1}\n');
    joinLines(out, start);
    expect(out.toString()).toBe('\n{ "a": 1} ');
  });
});
