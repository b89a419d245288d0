// Ends of lines in a stream: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;

/** Address of the first CR or LF in [ptr, end), or 0. */
export function findLineBreak(ptr: usize, end: usize): usize {
  const lf = i8x16.splat(LF);
  const cr = i8x16.splat(CR);
  while (ptr + 16 <= end) {
    const block = v128.load(ptr);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(block, lf), i8x16.eq(block, cr)));
    if (mask != 0) return ptr + ctz(mask);
    ptr += 16;
  }
  for (; ptr < end; ++ptr) {
    const byte = load<u8>(ptr);
    if (byte == LF || byte == CR) return ptr;
  }
  return 0;
}
