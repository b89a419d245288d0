// RSA signatures by Envoy's foreign function `sign`, whose argument and result are protobuf messages:
// https://github.com/envoyproxy/envoy/blob/main/source/extensions/common/wasm/foreign.cc
import { ByteWriter } from "../text/byte-writer";
import { callForeignFunction } from "./foreign-function";
import { receivedLength, receivedPtr } from "./received";

const ARGUMENT: ByteWriter = new ByteWriter();
/** Wire type of texts, bytes and messages. */
const LENGTH_DELIMITED: u32 = 2;

const enum Field {
  Hash = 1,
  Key = 2,
  Text = 3,
  Signature = 2,
  Error = 3,
}

/**
 * Appends the signature (PKCS #1 v1.5, SHA-256) of a text by a key in PKCS #8 DER. The answer is "", or why there is
 * none.
 */
export function signSha256(key: ByteWriter, text: ByteWriter, out: ByteWriter): string {
  const argument = ARGUMENT;
  argument.clear();
  writeLength(Field.Hash, 6, argument);
  argument.ascii("sha256");
  writeLength(Field.Key, key.length, argument);
  argument.writer(key);
  writeLength(Field.Text, text.length, argument);
  argument.writer(text);
  const isAnswered = callForeignFunction("sign", argument);
  // It holds the key.
  argument.release();
  if (!isAnswered) return "the host has no function 'sign' that takes the private key";
  return readResult(receivedPtr(), receivedLength(), out);
}

function writeLength(field: Field, length: i32, out: ByteWriter): void {
  out.byte(<u8>((field << 3) | LENGTH_DELIMITED));
  for (; length > 0x7f; length >>>= 7) out.byte(<u8>(length | 0x80));
  out.byte(<u8>length);
}

function readResult(ptr: usize, length: i32, out: ByteWriter): string {
  let error = "";
  let isSigned = false;
  for (let at = 0; at < length;) {
    const tag = <u32>load<u8>(ptr + at++);
    let size = 0;
    for (let shift = 0; at < length && shift < 28; shift += 7) {
      const byte = <i32>load<u8>(ptr + at++);
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if ((tag & 7) != LENGTH_DELIMITED) continue;
    if (size > length - at) break;
    if (tag >> 3 == Field.Signature && size > 0) {
      isSigned = true;
      out.bytes(ptr + at, size);
    } else if (tag >> 3 == Field.Error) {
      error = String.UTF8.decodeUnsafe(ptr + at, size);
    }
    at += size;
  }
  if (isSigned) return "";
  return error.length > 0 ? error : "the host could not sign with the private key";
}
