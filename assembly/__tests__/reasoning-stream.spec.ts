// Reasoning in streams: whatever the events say, a stream tells the same as the whole answer would.
import { AnswerShape, ReasoningMode } from "../openai/reasoning";
import { ReasoningStream } from "../openai/reasoning-stream";
import { StreamOutput } from "../stream/stream-output";
import { bytesOf } from "./sse-trace";

const OUTPUT: StreamOutput = new StreamOutput();

function shapeOf(mode: ReasoningMode, promotes: bool): AnswerShape {
  const shape = new AnswerShape();
  shape.mode = mode;
  shape.promotes = promotes;
  return shape;
}

/** What comes out of each callback's events; `_` stands for nothing at all. */
function run(shape: AnswerShape, callbacks: string[]): string {
  const stream = new ReasoningStream(shape);
  const texts: string[] = [];
  for (let i = 0; i < callbacks.length; ++i) {
    const input = bytesOf(callbacks[i]);
    OUTPUT.begin(input.ptr, input.length);
    OUTPUT.forward(input.ptr, input.length);
    stream.reshape(OUTPUT);
    const text = String.UTF8.decodeUnsafe(OUTPUT.ptr(), OUTPUT.length());
    texts.push(OUTPUT.hasEvents ? text : text.length > 0 ? "comment" : "_");
  }
  stream.release();
  return texts.join("");
}

/** One event with the members of a delta, and maybe a finish reason. */
function chunk(delta: string, finish: string = "null"): string {
  return `data: {"id":"1","choices":[{"index":0,"delta":{${delta}},"finish_reason":${finish}}]}\n\n`;
}

/** An event that the stage makes itself. */
function extra(delta: string): string {
  return `data: {"id":"1","choices":[{"index":0,"delta":{${delta}},"logprobs":null,"finish_reason":null}]}\n\n`;
}

const ROLE: string = chunk('"role":"assistant"');
const STOP: string = chunk("", '"stop"');
const DONE: string = "data: [DONE]\n\n";

describe("ReasoningStream", () => {
  it("leaves events alone that say nothing of reasoning", () => {
    const events = ROLE + ": comment\n\n" + chunk('"content":"a"') + STOP + DONE;
    for (let mode = ReasoningMode.Passthrough; mode <= ReasoningMode.Concat; ++mode) {
      expect(run(shapeOf(mode, true), [events])).toBe(events);
    }
    const odd =
      'data: {"error":{"message":"x"}}\n\ndata: nonsense\n\ndata: {"choices":[],"usage":{}}\n\n';
    expect(run(shapeOf(ReasoningMode.Concat, true), [odd])).toBe(odd);
    expect(run(shapeOf(ReasoningMode.Ignore, false), [": comment\n\n"])).toBe("comment");
  });
  it("sends nothing where only reasoning came that is left out or held", () => {
    const reasoning = chunk('"reasoning_content":"r"');
    expect(run(shapeOf(ReasoningMode.Ignore, false), [ROLE, reasoning])).toBe(ROLE + "_");
    expect(run(shapeOf(ReasoningMode.Passthrough, true), [ROLE, reasoning])).toBe(ROLE + "_");
  });
  it("holds reasoning until there is an answer", () => {
    const shape = shapeOf(ReasoningMode.Passthrough, true);
    const held = [ROLE, chunk('"reasoning":"a"'), chunk('"content":"","reasoning":"\\"b"')];
    const answer = chunk('"content":"c"') + STOP;
    const expected = ROLE + "__" + extra('"reasoning":"a\\"b"') + answer;
    expect(run(shape, held.concat([answer]))).toBe(expected);
    // White space is no answer.
    const blank = chunk('"content":" \\n"');
    const promoted = ROLE + "__" + blank + extra('"content":"a\\"b"') + STOP;
    expect(run(shape, held.concat([blank, STOP]))).toBe(promoted);
  });
  it("takes a refusal and a tool call for answers", () => {
    const shape = shapeOf(ReasoningMode.Passthrough, true);
    const first = chunk('"role":"assistant","reasoning_content":"r"');
    const refusal = chunk('"refusal":"no"');
    const call = chunk('"tool_calls":[{"index":0}]');
    const released = ROLE + extra('"reasoning_content":"r"');
    expect(run(shape, [first, refusal, STOP])).toBe(released + refusal + STOP);
    expect(run(shape, [first, call, STOP])).toBe(released + call + STOP);
  });
  it("closes reasoning before whatever comes next", () => {
    const shape = shapeOf(ReasoningMode.Concat, false);
    const first = chunk('"reasoning_content":"r"');
    const opened = chunk('"content":"<think>r"');
    const content = chunk('"content":"c"');
    const closed = chunk('"content":"</think>\\nc"');
    expect(run(shape, [first, content])).toBe(opened + closed);
    const ended = extra('"content":"</think>\\n"');
    expect(run(shape, [first, STOP])).toBe(opened + ended + STOP);
    const last = chunk('"reasoning_content":"r"', '"length"');
    expect(run(shape, [last])).toBe(chunk('"content":"<think>r</think>\\n"', '"length"'));
  });
  it("keeps what stands beside reasoning", () => {
    const both = chunk('"reasoning_content":"r","reasoning":"r","content":"c"');
    expect(run(shapeOf(ReasoningMode.Ignore, false), [both])).toBe(chunk('"content":"c"'));
    const expected = chunk('"content":"<think>r</think>\\nc"');
    expect(run(shapeOf(ReasoningMode.Concat, false), [both])).toBe(expected);
    const usage =
      'data: {"choices":[{"index":0,"delta":{"reasoning":"r"},"finish_reason":null}],"usage":{"a":1}}\n\n';
    const kept =
      'data: {"choices":[{"index":0,"delta":{},"finish_reason":null}],"usage":{"a":1}}\n\n';
    expect(run(shapeOf(ReasoningMode.Ignore, false), [ROLE, usage])).toBe(ROLE + kept);
  });
});
