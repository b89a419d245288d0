// A provider that fails before its first token in every way that there is, and one that is in order.
import { chunk, CHUNKS_END, head, type Script, send, stream, whole } from "./raw-provider.ts";

const ERROR = JSON.stringify({ error: { message: "No.", type: "x", param: null, code: null } });
const HTML = { "content-type": "text/html" };

const claudeMessage = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5",
  content: [{ type: "text", text: "from the second" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 4 },
};

const event = (type: string, members: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;

const CLAUDE_STREAM = [
  event("message_start", { message: { ...claudeMessage, content: [], stop_reason: null } }),
  event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  ...["from", " the", " second"].map((text) =>
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
  ),
  event("content_block_stop", { index: 0 }),
  event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 4 } }),
  event("message_stop", {}),
];

/** A Claude that is in order. */
export const healthy: Script = (socket, request) => {
  const { stream: streams } = JSON.parse(request.body.toString()) as { stream?: boolean };
  if (streams === true) return stream(...CLAUDE_STREAM)(socket, request);
  return whole(200, JSON.stringify(claudeMessage))(socket, request);
};

export const never: Script = () => {};
const reset: Script = (socket) => void socket.resetAndDestroy();
const close: Script = (socket) => void socket.end();

/** Begins an answer, and then does something else. */
function after200(type: string, piece: string, then: Script): Script {
  return async (socket, request) => {
    socket.write(head(200, { "content-type": type, "transfer-encoding": "chunked" }));
    if (piece !== "") await send(socket, chunk(piece));
    // What was written shall be there before what follows.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await then(socket, request);
  };
}

const SSE = "text/event-stream";
const JSON_TYPE = "application/json";
const end: Script = (socket) => void socket.end(CHUNKS_END);

/** What becomes of a provider, for whole answers and streams alike. */
export const FAULTS: Record<string, Script> = {
  "401": whole(401, ERROR),
  "402": whole(402, ERROR),
  "403": whole(403, ERROR),
  "408": whole(408, ERROR),
  "429": whole(429, ERROR),
  "429 with retry-after": whole(429, ERROR, { "retry-after": "30" }),
  "500": whole(500, ERROR),
  "502": whole(502, ERROR),
  "503": whole(503, ERROR),
  "503 without a body": whole(503, ""),
  "504": whole(504, ERROR),
  "529": whole(529, ERROR),
  "an HTML error page": whole(502, "<html><h1>Bad Gateway</h1></html>", HTML),
  "an HTML page with 200": whole(200, "<html>Sign in</html>", HTML),
  "an error inside a 200": whole(200, ERROR),
  "an empty 200": whole(200, ""),
  "a 204": (socket) => void socket.end(head(204)),
  "a garbled 200": whole(200, '{"choices": [}'),
  "a 200 of another shape": whole(200, '{"hello": "world"}'),
  "a compressed 200": whole(200, Buffer.from([0x8b, 0x02, 0x80, 0x7b, 0x7d, 0x03]), {
    "content-encoding": "br",
  }),
  "half a body, then a close": (socket) => {
    socket.write(head(200, { "content-type": JSON_TYPE, "content-length": "1000" }));
    socket.end('{"id":');
  },
  "a reset before the head": reset,
  "a close before the head": close,
  "a reset after the head": after200(SSE, "", reset),
  "an error as the first event": stream(`data: ${ERROR}\n\n`),
  "a named error as the first event": stream(`event: error\ndata: ${ERROR}\n\n`),
  "an empty stream": after200(SSE, "", end),
  "a stream of comments": after200(SSE, ": ping\n\n", end),
  "only [DONE]": after200(SSE, "data: [DONE]\n\n", end),
  "half an event, then an end": after200(SSE, 'data: {"id":"chatcmpl-1","cho', end),
  "half an event, then a reset": after200(SSE, 'data: {"id":"chatcmpl-1","cho', reset),
  "a garbled first event": after200(SSE, "data: {nonsense}\n\n", end),
  "a head that is no HTTP": (socket) => void socket.end("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
};

/** Only streams have a time in which the first token is due. */
export const STALLS: Record<string, Script> = {
  "silence before the head": never,
  "silence after the head": after200(SSE, "", never),
  "silence within the first event": after200(SSE, 'data: {"id":"chat', never),
};
