// Header maps: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#proxy_get_header_map_pairs
import { ByteWriter } from "../text/byte-writer";
import {
  proxy_get_header_map_pairs,
  proxy_get_header_map_value,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
} from "./imports";
import { lengthCell, pointerCell, receivedLength, receivedPtr, receivedText } from "./received";
import { HeaderMapType, Status } from "./types";

const NAME: ByteWriter = new ByteWriter();
const VALUE: ByteWriter = new ByteWriter();

/**
 * All headers of a message, taken with one host call and looked up by name.
 * Values become strings only when they are asked for; the bytes are the snapshot's own.
 */
export class Headers {
  private readonly bytes: ByteWriter = new ByteWriter();
  private count: i32 = 0;

  /** Reads the map of the current stream. */
  read(type: HeaderMapType): void {
    this.bytes.clear();
    this.count = 0;
    const status = proxy_get_header_map_pairs(type, pointerCell(), lengthCell());
    const length = receivedLength();
    if (status != Status.Ok || length < 4) return;
    this.bytes.bytes(receivedPtr(), length);
    this.count = load<i32>(this.bytes.ptr);
  }

  /** The first value of a header by its lower-case ASCII name, or "" where it is absent. */
  get(name: string): string {
    const sizes = this.bytes.ptr + 4;
    let at = sizes + (<usize>this.count << 3);
    for (let i = 0; i < this.count; ++i) {
      const nameLength = load<i32>(sizes + (<usize>i << 3));
      const valueLength = load<i32>(sizes + (<usize>i << 3), 4);
      if (nameLength == name.length && equalsAscii(at, name)) {
        return String.UTF8.decodeUnsafe(at + nameLength + 1, valueLength);
      }
      at += nameLength + valueLength + 2;
    }
    return "";
  }

  /** Whether a header is there, be it empty. */
  has(name: string): bool {
    const sizes = this.bytes.ptr + 4;
    let at = sizes + (<usize>this.count << 3);
    for (let i = 0; i < this.count; ++i) {
      const nameLength = load<i32>(sizes + (<usize>i << 3));
      if (nameLength == name.length && equalsAscii(at, name)) return true;
      at += nameLength + load<i32>(sizes + (<usize>i << 3), 4) + 2;
    }
    return false;
  }
}

function equalsAscii(ptr: usize, text: string): bool {
  for (let i = 0, count = text.length; i < count; ++i) {
    if (load<u8>(ptr + i) != <u8>load<u16>(changetype<usize>(text) + (<usize>i << 1))) return false;
  }
  return true;
}

/** One header of the current stream, or "" where it is absent. */
export function getHeader(type: HeaderMapType, name: string): string {
  NAME.clear();
  NAME.ascii(name);
  const status = proxy_get_header_map_value(
    type,
    NAME.ptr,
    NAME.length,
    pointerCell(),
    lengthCell(),
  );
  return status == Status.Ok ? receivedText() : "";
}

/** Sets a header to one value, adding it where it was absent. Line breaks never reach the host. */
export function setHeader(type: HeaderMapType, name: string, value: string): void {
  NAME.clear();
  NAME.ascii(name);
  VALUE.clear();
  VALUE.text(value);
  proxy_replace_header_map_value(type, NAME.ptr, NAME.length, VALUE.ptr, VALUE.length);
}

/** Removes every value of a header. */
export function removeHeader(type: HeaderMapType, name: string): void {
  NAME.clear();
  NAME.ascii(name);
  proxy_remove_header_map_value(type, NAME.ptr, NAME.length);
}
