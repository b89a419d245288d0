// Reads JSON in one pass into a tape of nodes in its order: https://www.rfc-editor.org/rfc/rfc8259

import { JsonError, JsonKind } from "./kind";
import { scanNumber } from "./number";
import {
  blockLimit,
  scanError,
  scanErrorAt,
  scanEscaped,
  scanFailure,
  scanFailureOrEnd,
  scanShortString,
  scanString,
  skipSpace,
} from "./scan";

/** Arrays and objects that may lie in each other. */
const DEPTH_LIMIT: i32 = 128;
/** Nodes of one document: each value, and each key, is one. */
const NODE_LIMIT: i32 = 4_194_304;
/** Nodes that a released tape may keep: 1 MiB. */
const KEPT_NODES: i32 = 65_536;

// A node: kind and flags, start and end of its raw text, and `next`, each 32 bits.
const NODE_SHIFT: i32 = 4;
const START: usize = 4;
const END: usize = 8;
/** The next value in the same container, -1 behind the last; of an open container the parent. */
const NEXT: usize = 12;
const ESCAPED: u32 = 0x100;

/** A parsed text: values are ids into the tape. The text itself stays where it is. */
export class JsonTape {
  /** Address of the text. */
  ptr: usize = 0;
  /** Bytes of the text. */
  length: i32 = 0;
  /** Why the last parse failed. */
  error: JsonError = JsonError.None;
  /** Offset of the first byte that is wrong; the length where the text ends too early. */
  errorOffset: i32 = 0;
  private nodes: usize = 0;
  private capacity: i32 = 0;
  private count: i32 = 0;
  /** The innermost open array or object, -1 outside of all. */
  private parent: i32 = -1;
  private depth: i32 = 0;

  /**
   * Reads the text of `length` bytes at `ptr`, which must stay there as long as values are asked
   * for. False where it is not one JSON value: `error` and `errorOffset` say why; nothing is there.
   */
  parse(ptr: usize, length: i32): bool {
    this.ptr = ptr;
    this.length = length;
    this.error = JsonError.None;
    this.errorOffset = 0;
    this.count = 0;
    this.parent = -1;
    this.depth = 0;
    const end = ptr + length;
    const limit = blockLimit(end);
    let at = this.readValues(ptr, end, limit);
    if (at != 0) {
      at = skipSpace(at, end, limit);
      if (at >= end) return true;
      scanFailure(JsonError.TrailingBytes, at);
    }
    this.error = scanError;
    this.errorOffset = <i32>(scanErrorAt - ptr);
    this.count = 0;
    return false;
  }

  /** Forgets the text and gives back a tape of more than 1 MiB. */
  release(): void {
    this.count = 0;
    this.ptr = 0;
    this.length = 0;
    if (this.capacity <= KEPT_NODES) return;
    heap.free(this.nodes);
    this.nodes = 0;
    this.capacity = 0;
  }

  /** The outermost value; -1 where nothing is parsed. */
  root(): i32 {
    return this.count > 0 ? 0 : -1;
  }

  /** What the value is. */
  kind(value: i32): JsonKind {
    if (<u32>value >= <u32>this.count) return JsonKind.Missing;
    return <JsonKind>load<u8>(this.node(value));
  }

  /** Offset of the first byte of the raw text, the quote of a string; 0 where missing. */
  start(value: i32): i32 {
    return <u32>value < <u32>this.count ? load<i32>(this.node(value), START) : 0;
  }

  /** Offset behind the last byte of the raw text; 0 where missing. */
  end(value: i32): i32 {
    return <u32>value < <u32>this.count ? load<i32>(this.node(value), END) : 0;
  }

  /** The first element of an array or value of an object, else -1. */
  first(value: i32): i32 {
    const kind = this.kind(value);
    if (kind != JsonKind.Array && kind != JsonKind.Object) return -1;
    const child = kind == JsonKind.Object ? value + 2 : value + 1;
    // Nodes lie in the order of the text: what starts behind the end is no child.
    return child < this.count && this.start(child) < this.end(value) ? child : -1;
  }

  /** The element or member value after this one, -1 behind the last. */
  next(value: i32): i32 {
    return <u32>value < <u32>this.count ? load<i32>(this.node(value), NEXT) : -1;
  }

  /** Length of the raw text of a node that is there. */
  // @ts-ignore: decorator
  @inline
  protected lengthOf(id: i32): i32 {
    const node = this.node(id);
    return load<i32>(node, END) - load<i32>(node, START);
  }

  /** `next` of a node that is there. */
  // @ts-ignore: decorator
  @inline
  protected nextOf(id: i32): i32 {
    return load<i32>(this.node(id), NEXT);
  }

  /** Whether the raw text of a string or key has a backslash. */
  hasEscapes(value: i32): bool {
    if (<u32>value >= <u32>this.count) return false;
    return (load<u32>(this.node(value)) & ESCAPED) != 0;
  }

  // @ts-ignore: decorator
  @inline
  private node(id: i32): usize {
    return this.nodes + ((<usize>id) << NODE_SHIFT);
  }

  /** Reads all values from `at`; answers the place behind the outermost, 0 on an error. */
  private readValues(at: usize, end: usize, limit: usize): usize {
    do {
      let byte = byteAt(at, end);
      if (byte <= 0x20) {
        at = skipSpace(at, end, limit);
        byte = byteAt(at, end);
      }
      if (byte == 0x22) {
        at = this.readText(at, end, limit, JsonKind.String);
      } else if (byte == 0x7b || byte == 0x5b) {
        at = this.open(at, byte == 0x7b ? JsonKind.Object : JsonKind.Array);
        if (at == 0) return 0;
        at = skipSpace(at, end, limit);
        // The closing bracket is two above the opening one in ASCII.
        if (byteAt(at, end) != byte + 2) {
          if (byte == 0x7b) at = this.readKey(at, end, limit);
          if (at == 0) return 0;
          continue;
        }
      } else {
        at = this.readScalar(at, end, limit, byte);
      }
      if (at != 0) at = this.advance(at, end, limit);
      if (at == 0) return 0;
    } while (this.parent >= 0);
    return at;
  }

  /** Closes what ends at `at`, behind a value, and goes to the next value. */
  private advance(at: usize, end: usize, limit: usize): usize {
    let last = this.count - 1;
    while (this.parent >= 0) {
      let byte = byteAt(at, end);
      if (byte <= 0x20) {
        at = skipSpace(at, end, limit);
        byte = byteAt(at, end);
      }
      const parent = this.node(this.parent);
      const isObject = load<u8>(parent) == JsonKind.Object;
      if (byte == 0x2c) {
        store<i32>(this.node(last), isObject ? this.count + 1 : this.count, NEXT);
        return isObject ? this.readKey(skipSpace(at + 1, end, limit), end, limit) : at + 1;
      }
      if (byte != <u32>(isObject ? 0x7d : 0x5d)) {
        return scanFailureOrEnd(JsonError.UnexpectedByte, at, end);
      }
      ++at;
      last = this.parent;
      this.parent = load<i32>(parent, NEXT);
      --this.depth;
      store<i32>(parent, <i32>(at - this.ptr), END);
      store<i32>(parent, -1, NEXT);
    }
    return at;
  }

  private open(at: usize, kind: JsonKind): usize {
    if (this.depth == DEPTH_LIMIT) return scanFailure(JsonError.TooDeep, at);
    ++this.depth;
    if (!this.push(kind, at, at, this.parent)) return 0;
    this.parent = this.count - 1;
    return at + 1;
  }

  /** Reads a key and the colon from `at`. */
  private readKey(at: usize, end: usize, limit: usize): usize {
    if (byteAt(at, end) != 0x22) return scanFailureOrEnd(JsonError.UnexpectedByte, at, end);
    at = this.readText(at, end, limit, JsonKind.Key);
    if (at == 0) return 0;
    at = skipSpace(at, end, limit);
    if (byteAt(at, end) != 0x3a) return scanFailureOrEnd(JsonError.UnexpectedByte, at, end);
    return at + 1;
  }

  // @ts-ignore: decorator
  @inline
  private readText(at: usize, end: usize, limit: usize, kind: JsonKind): usize {
    let close = scanShortString(at + 1, end, limit);
    let flags: u32 = 0;
    if (close == 0) {
      close = scanString(at + 1, end, limit);
      if (close == 0) return 0;
      flags = scanEscaped ? ESCAPED : 0;
    }
    return this.push(kind | flags, at, close + 1, -1) ? close + 1 : 0;
  }

  private readScalar(at: usize, end: usize, limit: usize, byte: u32): usize {
    let close: usize = 0;
    let kind = JsonKind.Number;
    if (byte == 0x2d || byte - 0x30 < 10) {
      close = scanNumber(at, end, limit);
    } else if (byte == 0x74) {
      kind = JsonKind.True;
      close = scanWord(at, end, 0x65757274, 4);
    } else if (byte == 0x66) {
      kind = JsonKind.False;
      close = scanWord(at + 1, end, 0x65736c61, 4);
    } else if (byte == 0x6e) {
      kind = JsonKind.Null;
      close = scanWord(at, end, 0x6c6c756e, 4);
    } else {
      return scanFailureOrEnd(JsonError.UnexpectedByte, at, end);
    }
    return close != 0 && this.push(kind, at, close, -1) ? close : 0;
  }

  // @ts-ignore: decorator
  @inline
  private push(kind: u32, start: usize, end: usize, next: i32): bool {
    const id = this.count;
    if (id == this.capacity && !this.grow(start)) return false;
    const node = this.node(id);
    store<u32>(node, kind);
    store<u32>(node, <u32>(start - this.ptr), START);
    store<u32>(node, <u32>(end - this.ptr), END);
    store<i32>(node, next, NEXT);
    this.count = id + 1;
    return true;
  }

  private grow(at: usize): bool {
    if (this.capacity == NODE_LIMIT) {
      scanFailure(JsonError.TooManyValues, at);
      return false;
    }
    this.capacity = this.capacity == 0 ? 256 : this.capacity << 1;
    const size = (<usize>this.capacity) << NODE_SHIFT;
    this.nodes = this.nodes == 0 ? heap.alloc(size) : heap.realloc(this.nodes, size);
    return true;
  }
}

/** The byte at `at`; 0, which JSON has nowhere, at the end. */
// @ts-ignore: decorator
@inline
function byteAt(at: usize, end: usize): u32 {
  return at < end ? load<u8>(at) : 0;
}

/** Goes over the four letters that `word` has in the order of memory. */
function scanWord(at: usize, end: usize, word: u32, length: i32): usize {
  if (at + length <= end && load<u32>(at) == word) return at + length;
  for (; at < end && load<u8>(at) == <u8>word; ++at) word >>= 8;
  return scanFailureOrEnd(JsonError.UnexpectedByte, at, end);
}
