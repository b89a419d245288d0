// Header maps: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#proxy_get_header_map_pairs
import { asciiEquals } from "../text/ascii-equals";
import { ByteWriter } from "../text/byte-writer";
import { writeHeaderPairs } from "./header-pairs";
import {
  proxy_get_header_map_pairs,
  proxy_get_header_map_value,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
  proxy_set_header_map_pairs,
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
  /** Bytes of the value that `find` has found. */
  private valueLength: i32 = 0;
  /** Bit n is set where a name has n bytes: most names that are asked for are absent. */
  private nameLengths: u64 = 0;

  /** Reads the map of the current stream. */
  read(type: HeaderMapType): void {
    const status = proxy_get_header_map_pairs(type, pointerCell(), lengthCell());
    this.takeReceived(status == Status.Ok ? receivedLength() : 0);
  }

  /** Takes `length` bytes of another snapshot, which the host has just given back. */
  takeReceived(length: i32): void {
    this.bytes.clear();
    this.count = 0;
    this.nameLengths = 0;
    if (length < 4) return;
    this.bytes.bytes(receivedPtr(), length);
    this.count = load<i32>(this.bytes.ptr);
    let lengths: u64 = 0;
    for (let i = 0, size = this.bytes.ptr + 4; i < this.count; ++i, size += 8) {
      const length = load<i32>(size);
      lengths |= lengthBit(length);
    }
    this.nameLengths = lengths;
  }

  /** The snapshot as the host serialises it. */
  get serialized(): ByteWriter {
    return this.bytes;
  }

  /** The first value of a header by its lower-case ASCII name, or "" where it is absent. */
  get(name: string): string {
    const value = this.find(name);
    return value == 0 ? "" : String.UTF8.decodeUnsafe(value, this.valueLength);
  }

  /** Whether a header is there, be it empty. */
  has(name: string): bool {
    return this.find(name) != 0;
  }

  /** Whether a header is there with just this ASCII value. */
  is(name: string, text: string): bool {
    const value = this.find(name);
    return value != 0 && this.valueLength == text.length && asciiEquals(value, text);
  }

  /** The decimal number that a header's value is; -1 where it is absent or something else. */
  integer(name: string): i64 {
    const value = this.find(name);
    return value == 0 ? -1 : parseDecimal(value, this.valueLength);
  }

  /** Whether a header is there and its value contains an ASCII text, of just this case. */
  contains(name: string, text: string): bool {
    const value = this.find(name);
    if (value == 0) return false;
    for (let last = this.valueLength - text.length; last >= 0; --last) {
      if (asciiEquals(value + last, text)) return true;
    }
    return false;
  }

  /** Names and values in turn, of all headers but those whose names are in `except`. */
  pairs(except: string[]): string[] {
    const pairs: string[] = [];
    const sizes = this.bytes.ptr + 4;
    let at = sizes + ((<usize>this.count) << 3);
    for (let i = 0; i < this.count; ++i) {
      const nameLength = load<i32>(sizes + ((<usize>i) << 3));
      const valueLength = load<i32>(sizes + ((<usize>i) << 3), 4);
      const name = String.UTF8.decodeUnsafe(at, nameLength);
      if (!except.includes(name)) {
        pairs.push(name);
        pairs.push(String.UTF8.decodeUnsafe(at + nameLength + 1, valueLength));
      }
      at += nameLength + valueLength + 2;
    }
    return pairs;
  }

  /** Address of the first value of a header, its length in `valueLength`; 0 where it is absent. */
  private find(name: string): usize {
    const sizes = this.bytes.ptr + 4;
    const wanted = name.length;
    if ((this.nameLengths & lengthBit(wanted)) == 0) return 0;
    let at = sizes + ((<usize>this.count) << 3);
    for (let i = 0; i < this.count; ++i) {
      const nameLength = load<i32>(sizes + ((<usize>i) << 3));
      const valueLength = load<i32>(sizes + ((<usize>i) << 3), 4);
      if (nameLength == wanted && asciiEquals(at, name)) {
        this.valueLength = valueLength;
        return at + nameLength + 1;
      }
      at += nameLength + valueLength + 2;
    }
    return 0;
  }
}

/** The bit that stands for names of a length. */
function lengthBit(length: i32): u64 {
  const one: u64 = 1;
  return one << (length & 63);
}

/** A number of up to 18 digits; -1 for anything else. */
function parseDecimal(ptr: usize, length: i32): i64 {
  if (length == 0 || length > 18) return -1;
  let number: i64 = 0;
  for (let i = 0; i < length; ++i) {
    const digit = <u32>load<u8>(ptr + i) - 0x30;
    if (digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
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

/** Replaces all headers of the current stream by a snapshot's. */
export function setHeaders(type: HeaderMapType, headers: Headers): void {
  const pairs = headers.serialized;
  proxy_set_header_map_pairs(type, pairs.ptr, pairs.length);
}

/** Sets a header to one value, adding it where it was absent. Line breaks never reach the host. */
export function setHeader(type: HeaderMapType, name: string, value: string): void {
  NAME.clear();
  NAME.ascii(name);
  VALUE.clear();
  VALUE.text(value);
  proxy_replace_header_map_value(type, NAME.ptr, NAME.length, VALUE.ptr, VALUE.length);
}

/** Replaces all headers of a message: `[name, value, name, value, …]`. */
export function replaceHeaders(type: HeaderMapType, pairs: StaticArray<string>): void {
  VALUE.clear();
  writeHeaderPairs(pairs, VALUE);
  proxy_set_header_map_pairs(type, VALUE.ptr, VALUE.length);
}

/** Removes every value of a header. */
export function removeHeader(type: HeaderMapType, name: string): void {
  NAME.clear();
  NAME.ascii(name);
  proxy_remove_header_map_value(type, NAME.ptr, NAME.length);
}
