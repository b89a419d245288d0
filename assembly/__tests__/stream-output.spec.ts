// What one callback sends on: the input itself where all of it goes out, else one buffer.
import { StreamOutput } from "../stream/stream-output";
import { bytesOf } from "./sse-trace";

describe("StreamOutput", () => {
  it("knows when every byte of the input goes out as it came", () => {
    const input = bytesOf("first;second;third;");
    const out = new StreamOutput();
    out.begin();
    out.forward(input.ptr, 6);
    expect(out.isInput(input.ptr, input.length)).toBe(false);
    out.forward(input.ptr + 6, 7);
    out.forward(input.ptr + 13, 6);
    expect(out.isInput(input.ptr, input.length)).toBe(true);
    expect(out.isInput(input.ptr, input.length - 1)).toBe(false);
    expect(out.isInput(input.ptr + 1, input.length)).toBe(false);
  });
  it("copies where there is a gap, another order, or something new", () => {
    const input = bytesOf("first;second;third;");
    const out = new StreamOutput();
    out.begin();
    out.forward(input.ptr, 6);
    out.forward(input.ptr + 13, 6);
    expect(out.isInput(input.ptr, input.length)).toBe(false);
    expect(out.writer().toString()).toBe("first;third;");
    out.begin();
    out.forward(input.ptr + 13, 6);
    out.forward(input.ptr, 6);
    expect(out.writer().toString()).toBe("third;first;");
    out.begin();
    out.forward(input.ptr, 6);
    out.writer().ascii("new;");
    out.forward(input.ptr + 6, 7);
    out.forward(input.ptr + 13, 6);
    expect(out.isInput(input.ptr + 6, 13)).toBe(false);
    expect(out.writer().toString()).toBe("first;new;second;third;");
  });
  it("closes gaps within an input that belongs to it", () => {
    const input = bytesOf("first;second;third;");
    const out = new StreamOutput();
    out.begin(input.ptr, input.length);
    out.forward(input.ptr, 6);
    out.forward(input.ptr + 13, 6);
    expect(out.isInput(input.ptr, input.length)).toBe(false);
    expect(out.ptr() == input.ptr).toBe(true);
    expect(String.UTF8.decodeUnsafe(out.ptr(), out.length())).toBe("first;third;");
    out.writer().ascii("new;");
    expect(String.UTF8.decodeUnsafe(out.ptr(), out.length())).toBe("first;third;new;");
  });
  it("closes no gap between pieces of other memory, nor backwards", () => {
    const carry = bytesOf("carried;");
    const input = bytesOf("first;second;third;");
    const out = new StreamOutput();
    for (let i = 0; i < 2; ++i) {
      // One of the two lies before the other in memory.
      const head = i == 0 ? carry : input;
      const tail = i == 0 ? input : carry;
      out.begin(tail.ptr, tail.length);
      out.forward(head.ptr, 6);
      out.forward(tail.ptr + 2, 4);
      const expected = i == 0 ? "carrierst;" : "first;rrie";
      expect(String.UTF8.decodeUnsafe(out.ptr(), out.length())).toBe(expected);
      expect(carry.toString() + input.toString()).toBe("carried;first;second;third;");
    }
    out.begin(input.ptr, input.length);
    out.forward(input.ptr + 13, 6);
    out.forward(input.ptr + 6, 7);
    expect(String.UTF8.decodeUnsafe(out.ptr(), out.length())).toBe("third;second;");
    expect(input.toString()).toBe("first;second;third;");
  });
  it("moves what overlaps its new place, and nothing behind it", () => {
    const input = bytesOf("ab-cdefghijklmnopqrstuvwxyz;rest");
    const out = new StreamOutput();
    out.begin(input.ptr, input.length);
    out.forward(input.ptr, 2);
    out.forward(input.ptr + 3, 25);
    const whole = String.UTF8.decodeUnsafe(out.ptr(), out.length());
    expect(whole).toBe("abcdefghijklmnopqrstuvwxyz;");
    expect(input.toString().endsWith(";rest")).toBe(true);
  });
  it("is not the input when something stands before or after it", () => {
    const input = bytesOf("all");
    const out = new StreamOutput();
    out.begin();
    out.writer().ascii("new;");
    out.forward(input.ptr, 3);
    expect(out.isInput(input.ptr, 3)).toBe(false);
    out.begin();
    out.forward(input.ptr, 3);
    out.writer().ascii(";new");
    expect(out.isInput(input.ptr, 3)).toBe(false);
    expect(out.writer().toString()).toBe("all;new");
  });
  it("is not the input when nothing goes out", () => {
    const input = bytesOf("all");
    const out = new StreamOutput();
    out.begin();
    expect(out.isInput(input.ptr, 3)).toBe(false);
    expect(out.writer().length).toBe(0);
  });
  it("starts anew with each callback", () => {
    const input = bytesOf("all");
    const out = new StreamOutput();
    out.begin();
    out.writer().ascii("old");
    out.forward(input.ptr, 3);
    out.begin();
    expect(out.hasEvents).toBe(false);
    expect(out.isInput(input.ptr, 3)).toBe(false);
    expect(out.writer().length).toBe(0);
  });
  it("does not take comments for events", () => {
    const input = bytesOf(": c\n\ndata: x\n\n");
    const out = new StreamOutput();
    out.begin();
    out.forwardComment(input.ptr, 5);
    expect(out.hasEvents).toBe(false);
    out.forward(input.ptr + 5, 9);
    expect(out.hasEvents).toBe(true);
    expect(out.isInput(input.ptr, input.length)).toBe(true);
    out.forwardComment(input.ptr, 5);
    expect(out.hasEvents).toBe(true);
    out.begin();
    out.writer();
    expect(out.hasEvents).toBe(true);
  });
});
