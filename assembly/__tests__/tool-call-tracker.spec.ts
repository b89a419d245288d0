// Fragments of tool calls that are told apart by id, by position, or by neither.
import { ToolCallTracker } from "../openai/tool-call-tracker";

/** The call that a fragment belongs to; one that is not known begins. */
function place(calls: ToolCallTracker, id: string, position: i64): i32 {
  const index = calls.find(id, position);
  return index >= 0 ? index : calls.begin(id, position);
}

describe("ToolCallTracker", () => {
  it("goes by ids first", () => {
    const calls = new ToolCallTracker();
    expect(place(calls, "a", 0)).toBe(0);
    expect(place(calls, "b", 0)).toBe(1);
    expect(place(calls, "a", 0)).toBe(0);
    expect(place(calls, "b", -1)).toBe(1);
    expect(calls.count).toBe(2);
  });
  it("goes by positions where there is no id", () => {
    const calls = new ToolCallTracker();
    expect(place(calls, "a", 0)).toBe(0);
    expect(place(calls, "b", 1)).toBe(1);
    expect(place(calls, "", 0)).toBe(0);
    expect(place(calls, "", 1)).toBe(1);
    expect(place(calls, "", 2)).toBe(2);
    expect(place(calls, "late", 2)).toBe(2);
  });
  it("goes on with the last call where there is neither", () => {
    const calls = new ToolCallTracker();
    expect(place(calls, "", -1)).toBe(0);
    expect(place(calls, "", -1)).toBe(0);
    expect(place(calls, "a", -1)).toBe(1);
    expect(place(calls, "", -1)).toBe(1);
  });
});
