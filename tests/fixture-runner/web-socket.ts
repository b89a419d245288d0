// Sessions of fixtures: `upstream-response.ws` has a message in each line, or `!` and what else a
// server may send: https://www.rfc-editor.org/rfc/rfc6455#section-5
import type { HeaderPairs } from "../../host/header-map.ts";
import {
  acceptOf,
  clientText,
  closeFrame,
  PING,
  serverFrame,
  TEXT,
} from "../support/web-socket-provider.ts";
import type { SeenRequest } from "./compare.ts";

const CONTINUATION = 0;
const PONG = 10;

/** The frames of a file. */
export function sessionBytes(file: string): Buffer {
  const lines = file.split("\n").filter((line) => line !== "");
  return Buffer.concat(lines.map(frameOf));
}

function frameOf(line: string): Buffer {
  const [, word = "", rest = ""] = /^!(\w+) ?(.*)$/.exec(line) ?? [];
  if (word === "ping") return serverFrame(PING, rest);
  if (word === "pong") return serverFrame(PONG, rest);
  if (word === "hex") return Buffer.from(rest, "hex");
  if (word === "fragments") return fragments(Buffer.from(rest));
  if (word === "close") {
    const [code = "", ...reason] = rest.split(" ");
    return code === "" ? serverFrame(8, "") : closeFrame(Number(code), reason.join(" "));
  }
  return serverFrame(TEXT, line);
}

/** One message in three pieces, with a ping between them. */
function fragments(text: Buffer): Buffer {
  const third = Math.floor(text.length / 3);
  return Buffer.concat([
    serverFrame(TEXT, text.subarray(0, third), false),
    serverFrame(PING, "still there?"),
    serverFrame(CONTINUATION, text.subarray(third, 2 * third), false),
    serverFrame(CONTINUATION, text.subarray(2 * third)),
  ]);
}

/** What the handshake of a request is answered with; those that are given go before the usual ones. */
export function switchHeaders(
  request: { readonly headers: HeaderPairs },
  given: HeaderPairs,
): HeaderPairs {
  const key = request.headers.find(([name]) => name === "sec-websocket-key")?.[1] ?? "";
  const usual: HeaderPairs = [
    ["upgrade", "websocket"],
    ["connection", "Upgrade"],
    ["sec-websocket-accept", acceptOf(key)],
  ];
  return [...usual.filter(([name]) => !given.some(([own]) => own === name)), ...given];
}

export function isUpgrade(request: { readonly headers: HeaderPairs }): boolean {
  return request.headers.some(([name, value]) => name === "upgrade" && value === "websocket");
}

/** A handshake with its first message as its body, and in its path words for what time changes. */
export function unwrapped(request: SeenRequest): SeenRequest {
  if (!isUpgrade(request)) return request;
  const path = request.path
    .replace(/\bauthorization=[\w%]+/, "authorization=$signed")
    .replace(/\bdate=[\w%]+/, "date=$now");
  return { ...request, path, body: Buffer.from(clientText(request.body) ?? "") };
}
