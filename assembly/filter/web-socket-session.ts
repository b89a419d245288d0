// A POST on its way to becoming a WebSocket: https://www.rfc-editor.org/rfc/rfc6455#section-4.1
import { HeaderEdits } from "../providers/header-edits";
import { removeHeader } from "../proxy-wasm/headers";
import { randomBits } from "../proxy-wasm/system";
import { HeaderMapType } from "../proxy-wasm/types";
import { frameWhole, Opcode } from "../stream/web-socket-frame";
import { webSocketKey } from "../stream/web-socket-key";
import { ByteWriter } from "../text/byte-writer";
import { Exchange } from "./exchange";

/**
 * The session of one request. All that is ever sent is its first message: Envoy has the end of the
 * client's request by the time of the answer, and sends nothing behind it. So pings stay
 * unanswered and a close frame is not returned; the connection ends with the exchange.
 */
export class WebSocketSession {
  readonly key: string = webSocketKey(randomBits(), randomBits());
  /** The client gets each event as it comes. */
  isIncremental: bool = false;
  /** The stream so far, for a client that gets it whole. */
  readonly stream: ByteWriter = new ByteWriter();

  /** Makes the request a handshake. `path`: the client's, for access logs, where the signed one must not be. */
  askForUpgrade(headers: HeaderEdits, path: string): void {
    headers.set("x-envoy-original-path", path);
    headers.set(":method", "GET");
    headers.set("connection", "Upgrade");
    headers.set("upgrade", "websocket");
    headers.set("sec-websocket-version", "13");
    headers.set("sec-websocket-key", this.key);
    headers.remove("content-length");
    headers.remove("content-type");
    headers.remove("transfer-encoding");
    headers.remove("expect");
  }

  /**
   * Takes the upgrade off the request that an attempt had. Envoy looks at the headers once more when
   * it begins the next attempt, before that one can put them right: it would take a request to
   * another provider for a handshake too, and hold its body until there is an answer.
   */
  endAttempt(): void {
    removeHeader(HeaderMapType.RequestHeaders, "upgrade");
    removeHeader(HeaderMapType.RequestHeaders, "connection");
  }

  /** Gives memory back. */
  release(): void {
    this.stream.release();
  }
}

/** Opens a session whose first message is the text in `body`. */
export function openSession(exchange: Exchange, body: ByteWriter): void {
  exchange.session = new WebSocketSession();
  frameWhole(Opcode.Text, <u32>randomBits(), body);
}
