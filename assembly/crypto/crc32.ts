// CRC-32 of IEEE 802.3 and of zlib: https://www.rfc-editor.org/rfc/rfc1952#section-8
const POLYNOMIAL: u32 = 0xedb88320;
/** Bytes of one table: a remainder for each value of a byte. */
const TABLE_LENGTH: usize = 1024;

/** Four tables, so that four bytes take one step; written once. */
const TABLES = memory.data(4096, 16);
let hasTables: bool = false;

/** The checksum of `length` bytes, or that of bytes behind those whose checksum is `before`. */
export function crc32(ptr: usize, length: i32, before: u32 = 0): u32 {
  if (!hasTables) writeTables();
  let crc = ~before;
  const end = ptr + length;
  for (; ptr + 4 <= end; ptr += 4) {
    crc ^= load<u32>(ptr);
    crc =
      entry(3, crc & 0xff) ^
      entry(2, (crc >> 8) & 0xff) ^
      entry(1, (crc >> 16) & 0xff) ^
      entry(0, crc >> 24);
  }
  for (; ptr < end; ++ptr) crc = entry(0, (crc ^ load<u8>(ptr)) & 0xff) ^ (crc >> 8);
  return ~crc;
}

// @ts-ignore: decorator
@inline
function entry(table: usize, byte: u32): u32 {
  return load<u32>(TABLES + table * TABLE_LENGTH + ((<usize>byte) << 2));
}

/** Each table is the one before it, one byte further on. */
function writeTables(): void {
  hasTables = true;
  for (let byte: u32 = 0; byte < 256; ++byte) {
    let crc = byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1;
    store<u32>(TABLES + ((<usize>byte) << 2), crc);
  }
  for (let at = TABLES + TABLE_LENGTH, end = TABLES + 4 * TABLE_LENGTH; at < end; at += 4) {
    const crc = load<u32>(at - TABLE_LENGTH);
    store<u32>(at, entry(0, crc & 0xff) ^ (crc >> 8));
  }
}
