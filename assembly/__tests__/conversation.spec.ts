// Conversations before a provider sees them: cleaning, joining, and texts that are put in.
import { ConversationShape, writeConversation } from "../openai/conversation";
import { Document } from "../json/document";
import { ByteWriter } from "../text/byte-writer";
import { bytesOf } from "./sse-trace";

const DOC: Document = new Document();

/** The messages that come out of `messages`, a JSON array; `context` is a JSON string or "". */
function shaped(messages: string, shape: ConversationShape, context: string = ""): string {
  const bytes = bytesOf('{"messages":' + messages + "}");
  if (!DOC.parse(bytes.ptr, bytes.length)) return "no JSON";
  const out = new ByteWriter();
  writeConversation(shape, DOC, context.length > 0 ? bytesOf(context) : null, out);
  return out.toString();
}

function cleaning(commands: string[]): ConversationShape {
  const shape = new ConversationShape();
  shape.cleanupCommands = commands;
  return shape;
}

function merging(): ConversationShape {
  const shape = new ConversationShape();
  shape.merges = true;
  return shape;
}

describe("contextCleanupCommands", () => {
  it("forgets what stands before the last command", () => {
    const shape = cleaning(["/new", "/clear"]);
    const messages =
      '[{"role":"system","content":"s"},{"role":"user","content":"/clear"},{"role":"user","content":"a"},' +
      '{"role":"tool","content":"t"},{"role":"user","content":"\\/new"},{"role":"user","content":"b"}]';
    const expected = '[{"role":"system","content":"s"},{"role":"user","content":"b"}]';
    expect(shaped(messages, shape)).toBe(expected);
  });
  it("takes nothing else for a command", () => {
    const shape = cleaning(["/clear"]);
    const messages =
      '[{"role":"assistant","content":"/clear"},{"role":"user","content":"/clear "},' +
      '{"role":"user","content":null},{"role":"user"},{"role":"user","content":[]},' +
      '{"role":"user","content":[{"type":"text","text":"/clear"},{"type":"text","text":"a"}]}]';
    expect(shaped(messages, shape)).toBe(messages);
  });
  it("may leave nothing", () => {
    expect(shaped('[{"role":"user","content":"/c"}]', cleaning(["/c"]))).toBe("[]");
    expect(shaped("[]", cleaning(["/c"]))).toBe("[]");
    expect(shaped('[{"role":"user","content":""}]', cleaning([""]))).toBe(
      '[{"role":"user","content":""}]',
    );
  });
});

describe("mergeConsecutiveMessages", () => {
  it("joins texts, and no empty ones", () => {
    const messages =
      '[{"role":"user","content":"a"},{"content":"","role":"user"},{"role":"user","content":"\\"b"}]';
    const expected = '[{"role":"user","content":"a\\n\\n\\"b"}]';
    expect(shaped(messages, merging())).toBe(expected);
  });
  it("leaves other speakers alone", () => {
    const messages =
      '[{"role":"system","content":"a"},{"role":"system","content":"b"},{"role":"tool","content":"c"},' +
      '{"role":"tool","content":"d"},{"role":"user","name":"x","content":"e"},{"role":"user","content":"f"},' +
      '{"role":"assistant","content":"g"}]';
    expect(shaped(messages, merging())).toBe(messages);
  });
  it("keeps tool calls and what only a later message has", () => {
    const messages =
      '[{"role":"assistant","content":"a","x":1},{"role":"assistant","tool_calls":[{"id":"1"}],"x":2,"y":3},' +
      '{"role":"assistant","content":null,"tool_calls":[{"id":"2"},{"id":"3"}],"y":4}]';
    const expected =
      '[{"role":"assistant","content":"a","tool_calls":[{"id":"1"},{"id":"2"},{"id":"3"}],"x":1,"y":3}]';
    expect(shaped(messages, merging())).toBe(expected);
  });
  it("makes parts of all texts where one has parts", () => {
    const messages =
      '[{"role":"user","content":[{"type":"image_url"}]},{"role":"user","content":"a"},{"role":"user","content":[]}]';
    const expected =
      '[{"role":"user","content":[{"type":"image_url"},{"type":"text","text":"a"}]}]';
    expect(shaped(messages, merging())).toBe(expected);
  });
});

describe("a context", () => {
  const text = '"read\\n"';
  const told = '{"role":"system","content":"read\\n"}';

  it("stands behind the leading system messages", () => {
    const first = '{"role":"system","content":"s"},{"role":"developer","content":"d"}';
    const rest = '{"role":"user","content":"u"},{"role":"system","content":"t"}';
    const shape = new ConversationShape();
    expect(shaped(`[${first},${rest}]`, shape, text)).toBe(`[${first},${told},${rest}]`);
    expect(shaped(`[${first}]`, shape, text)).toBe(`[${first},${told}]`);
    expect(shaped(`[${rest}]`, shape, text)).toBe(`[${told},${rest}]`);
    expect(shaped("[]", shape, text)).toBe(`[${told}]`);
  });
  it("has a system message before it where it needs one", () => {
    const shape = new ConversationShape();
    shape.needsLead = true;
    const lead = '{"role":"system","content":"You are a helpful assistant."}';
    const user = '{"role":"user","content":"u"}';
    const system = '{"role":"system","content":"s"}';
    expect(shaped(`[${user}]`, shape, text)).toBe(`[${lead},${told},${user}]`);
    expect(shaped(`[${system},${user}]`, shape, text)).toBe(`[${system},${told},${user}]`);
    expect(shaped(`[${user}]`, shape)).toBe(`[${user}]`);
  });
});
