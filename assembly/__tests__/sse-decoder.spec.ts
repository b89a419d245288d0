// Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
// Every text comes whole, cut at every place, and byte by byte.
import { SseDecoder } from "../stream/sse-decoder";
import { bytesOf, eventsOf, SseTrace } from "./sse-trace";

const BOM = "\uFEFF";

describe("SSE line ends", () => {
  it("takes LF, CR and CR LF", () => {
    expect(eventsOf("data: a\n\ndata: b\n\n")).toBe("data=a plain | data=b plain");
    expect(eventsOf("data: a\r\rdata: b\r\r")).toBe("data=a | data=b");
    expect(eventsOf("data: a\r\n\r\ndata: b\r\n\r\n")).toBe("data=a | data=b");
  });
  it("takes them mixed in one event", () => {
    expect(eventsOf("event: x\rdata: a\ndata: b\r\n\ndata: c\n\r")).toBe(
      "event=x data=a\nb | data=c",
    );
    expect(eventsOf("data: a\n\r\ndata: b\r\n\rdata: c\n\n")).toBe(
      "data=a | data=b | data=c plain",
    );
  });
  it("does not take a LF after a CR for a line of its own", () => {
    expect(eventsOf("data: a\r\ndata: b\r\n\r\n")).toBe("data=a\nb");
    expect(eventsOf("\r\n\r\ndata: a\r\n\r\n\r\n")).toBe("data=a");
  });
  it("skips blank lines between events", () => {
    expect(eventsOf("\n\n\ndata: a\n\n\n\ndata: b\n\n\n")).toBe("data=a plain | data=b plain");
  });
  it("finds line ends at every distance from the block of sixteen", () => {
    for (let length = 0; length < 40; ++length) {
      const text = "x".repeat(length);
      expect(eventsOf("data: " + text + "\n\n")).toBe("data=" + text + " plain");
      expect(eventsOf("data: " + text + "\r\r")).toBe("data=" + text);
    }
  });
});

describe("SSE byte order mark", () => {
  it("is skipped at the start of the stream only", () => {
    expect(eventsOf(BOM + "data: a\n\n")).toBe("data=a plain");
    expect(eventsOf(BOM + BOM + "data: a\n\n")).toBe("");
    expect(eventsOf("data: a\n\n" + BOM + "data: b\n\ndata: c\n\n")).toBe(
      "data=a plain | data=c plain",
    );
  });
  it("may be all that comes", () => {
    expect(eventsOf(BOM)).toBe("");
    expect(eventsOf("")).toBe("");
  });
  it("is no mark when it only begins like one", () => {
    // U+FEC0 shares the first two bytes, U+F000 the first.
    expect(eventsOf("\uFEC0data: a\n\ndata: b\n\n")).toBe("data=b plain");
    expect(eventsOf("\uF000: a\n\ndata: b\n\n")).toBe("data=b plain");
  });
});

describe("SSE fields", () => {
  it("takes data with one space less, or none", () => {
    expect(eventsOf("data:a\n\n")).toBe("data=a");
    expect(eventsOf("data:  a \n\n")).toBe("data= a  plain");
    expect(eventsOf("data:\ta\n\n")).toBe("data=\ta");
    expect(eventsOf("data: a: b\n\n")).toBe("data=a: b plain");
  });
  it("takes empty data", () => {
    expect(eventsOf("data:\n\n")).toBe("data=");
    expect(eventsOf("data: \n\n")).toBe("data= plain");
    expect(eventsOf("data\n\ndata\ndata\n\ndata:")).toBe("data= | data=\n | data=");
  });
  it("joins data lines by LF", () => {
    expect(eventsOf("data: YHOO\ndata: +2\ndata: 10\n\n")).toBe("data=YHOO\n+2\n10");
    expect(eventsOf("data: a\nevent: x\ndata:\ndata: b\n\ndata: c\ndata: d\n\n")).toBe(
      "event=x data=a\n\nb | data=c\nd",
    );
  });
  it("takes the last name, and forgets it with the event", () => {
    expect(eventsOf("event: add\ndata: 1\n\ndata: 2\n\n")).toBe("event=add data=1 | data=2 plain");
    expect(eventsOf("event: a\nevent:b\ndata: 1\n\n")).toBe("event=b data=1");
    expect(eventsOf("event: a\nevent\ndata: 1\n\n")).toBe("data=1");
    expect(eventsOf("event: message_stop\n\n")).toBe("event=message_stop");
  });
  it("ignores id, retry and what it does not know", () => {
    expect(eventsOf("id: 1\nretry: 10\ndata: a\n\nid: 2\n\nretry: 5\n\n")).toBe("data=a");
    expect(eventsOf("dat: a\ndatas: b\nDATA: c\n data: d\nevents: e\n\n")).toBe("");
    expect(eventsOf("dat\ndatas\nevents\n{}\n\ndata: a\n\n")).toBe("data=a plain");
  });
  it("keeps UTF-8 that is cut", () => {
    expect(eventsOf("event: ä\ndata: é€😀\n\n")).toBe("event=ä data=é€😀");
  });
});

describe("SSE bare text", () => {
  it("is a payload where it is asked for", () => {
    expect(eventsOf('{"error":1}', true)).toBe('data={"error":1}');
    expect(eventsOf('{"error":1}\n\ndata: a\n\n', true)).toBe('data={"error":1} | data=a plain');
    expect(eventsOf("data: a\r\n\r\n[1]\r\n", true)).toBe("data=a | data=[1]");
    expect(eventsOf("{", true)).toBe("data={");
  });
  it("goes on over lines, whatever they begin with", () => {
    expect(eventsOf('{\n  "data": 1,\ndata: 2\n}\n\ndata: a\n\n', true)).toBe(
      'data={\n  "data": 1,\ndata: 2\n} | data=a plain',
    );
    expect(eventsOf("[{\r\n}]\r\n\r\n", true)).toBe("data=[{\r\n}]");
  });
  it("is nothing where it is not asked for, or begins like a field", () => {
    expect(eventsOf('{"error":1}\n\ndata: a\n\n')).toBe("data=a plain");
    expect(eventsOf("id: 1\nwords\n\n", true)).toBe("");
  });
});

describe("SSE comments", () => {
  it("gives out the first one, with or without data", () => {
    expect(eventsOf(": keep-alive\n\n")).toBe("comment= keep-alive");
    expect(eventsOf(":HTTP_STATUS/429\n:second\ndata: {}\n\n")).toBe(
      "data={} comment=HTTP_STATUS/429",
    );
    expect(eventsOf(":\n\n:\n\n")).toBe("comment= | comment=");
  });
  it("forgets it with the event", () => {
    expect(eventsOf(": test stream\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third")).toBe(
      "comment= test stream | data=first | data=second | data= third",
    );
  });
});

describe("SSE end of the stream", () => {
  it("gives out an event without its blank line", () => {
    expect(eventsOf("data: a\n\ndata: b\n")).toBe("data=a plain | data=b");
    expect(eventsOf("data: a\n\ndata: b")).toBe("data=a plain | data=b");
    expect(eventsOf("data: a\r")).toBe("data=a");
    expect(eventsOf("event: error\ndata: a\ndata: b")).toBe("event=error data=a\nb");
  });
  it("does not give out an unfinished event without data", () => {
    expect(eventsOf("data: a\n\ndat")).toBe("data=a plain");
    expect(eventsOf("data: a\n\nevent: message_st")).toBe("data=a plain");
    expect(eventsOf("data: a\n\n: keep-ali")).toBe("data=a plain");
    expect(eventsOf("data: a\n\n: keep-alive\n")).toBe("data=a plain");
    expect(eventsOf("data: a\n\nid: 7")).toBe("data=a plain");
  });
  it("gives out nothing twice", () => {
    const trace = new SseTrace();
    const text = bytesOf("data: a");
    trace.push(text, 0, text.length);
    trace.finish();
    trace.finish();
    expect(trace.events.join(" | ")).toBe("data=a");
    expect(trace.decoder.pending()).toBe(0);
  });
});

describe("SSE [DONE]", () => {
  it("is told whatever spaces stand around it", () => {
    expect(isDone("data: [DONE]\n\n")).toBe(true);
    expect(isDone("data:[DONE]\n\n")).toBe(true);
    expect(isDone("data:   [DONE]  \r\n\r\n")).toBe(true);
    expect(isDone("data: [DONE]")).toBe(true);
  });
  it("is nothing else", () => {
    expect(isDone("data: [DONE\n\n")).toBe(false);
    expect(isDone("data: [DONE]]\n\n")).toBe(false);
    expect(isDone("data: [DONe]\n\n")).toBe(false);
    expect(isDone("data: {DONE]\n\n")).toBe(false);
    expect(isDone("data: [DON\ndata: E]\n\n")).toBe(false);
    expect(isDone("data:\n\n")).toBe(false);
    expect(isDone(": [DONE]\n\n")).toBe(false);
  });
});

function isDone(text: string): bool {
  const bytes = bytesOf(text);
  const decoder = new SseDecoder();
  decoder.push(bytes.ptr, bytes.length);
  let found = decoder.next();
  if (!found) {
    decoder.finish();
    found = decoder.next();
  }
  const isMark = found && decoder.isDoneMark();
  decoder.release();
  bytes.release();
  return isMark;
}
