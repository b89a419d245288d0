// The key of a WebSocket's handshake and what the server makes of it:
// https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
import { sha1, SHA1_LENGTH } from "../crypto/sha1";
import { writeBase64 } from "../text/base64";
import { ByteWriter } from "../text/byte-writer";

const UNIQUE_ID: string = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const BYTES = memory.data(20, 16);
const TEXT: ByteWriter = new ByteWriter();

/** The value of `sec-websocket-key`: sixteen random bytes. */
export function webSocketKey(random: u64, more: u64): string {
  store<u64>(BYTES, random);
  store<u64>(BYTES, more, 8);
  return base64(16);
}

/** The value of `sec-websocket-accept` that goes with a key. */
export function webSocketAccept(key: string): string {
  TEXT.clear();
  TEXT.ascii(key);
  TEXT.ascii(UNIQUE_ID);
  sha1(TEXT.ptr, TEXT.length, BYTES);
  return base64(SHA1_LENGTH);
}

function base64(length: i32): string {
  TEXT.clear();
  writeBase64(BYTES, length, TEXT);
  return TEXT.toString();
}
