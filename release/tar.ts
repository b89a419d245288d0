// Archives that are the same bytes whenever they are made: ustar, and gzip without a time.
// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06, RFC 1952
import { gzipSync } from "node:zlib";

const BLOCK = 512;

/** One file of an archive. */
export interface TarFile {
  /** At most 100 bytes of ASCII. */
  name: string;
  content: Uint8Array;
}

/** An archive of regular files: mode 0644, owner 0, time 0, in the order given. */
export function tar(files: TarFile[]): Buffer {
  const parts = files.flatMap(({ name, content }) => {
    const padding = (BLOCK - (content.length % BLOCK)) % BLOCK;
    return [header(name, content.length), content, Buffer.alloc(padding)];
  });
  // Two empty blocks are the end.
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, size: number): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) throw new Error(`"${name}" is no name for an archive`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, "0"), offset, "latin1");
  block.write(name, 0, "latin1");
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  // The sum is taken with eight spaces in its own place.
  block.write(" ".repeat(8), 148, "latin1");
  block.write("0", 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  octal(0, 329, 8);
  octal(0, 337, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\x00 `, 148, "latin1");
  return block;
}

const OS_OFFSET = 9;
const UNKNOWN_OS = 255;

/** Gzip with neither a time nor the system that it was made on. */
export function gzip(content: Uint8Array): Buffer {
  const packed = gzipSync(content, { level: 9 });
  packed[OS_OFFSET] = UNKNOWN_OS;
  return packed;
}
