// Compares bytes with texts of ASCII characters.

/** Whether the bytes at `ptr`, as many as the text has characters, are this ASCII text. */
export function asciiEquals(ptr: usize, text: string): bool {
  const count = text.length;
  const source = changetype<usize>(text);
  if (count >= 8) {
    // The last step overlaps the one before, so that nothing is left over.
    for (let i = 0; ; i = min(i + 8, count - 8)) {
      const wide = v128.load(source + ((<usize>i) << 1));
      const narrow = i64x2.extract_lane(i8x16.narrow_i16x8_u(wide, wide), 0);
      if (load<i64>(ptr + i) != narrow) return false;
      if (i == count - 8) return true;
    }
  }
  for (let i = 0; i < count; ++i) {
    if (load<u8>(ptr + i) != load<u16>(source + ((<usize>i) << 1))) return false;
  }
  return true;
}
