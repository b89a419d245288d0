// Damage to bytes, whatever they mean.
import type { Dice } from "./dice.ts";

/** What is put into bytes. */
const PIECES = [
  ...['"', "\\", "{", "}", "[", "]", ":", ",", "null", "0", "-", "1e999", '""', "\\ud800", "\\u12"],
  ...["\n", "\n\n", "\r", "\r\n", "\0", " ", "data:", "data: [DONE]\n\n", "event: error\n"],
  ...[": comment\n\n", "id: 1\n", "<html>", "é", "\ufeff", "\u2028", "%", "\t".repeat(70)],
].map((own) => Buffer.from(own));
const BROKEN_UTF8 = [
  Buffer.of(0xff),
  Buffer.of(0xc3),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.of(0xf4, 0x90, 0x80, 0x80),
  Buffer.of(0xc0, 0xaf),
];

/** The bytes cut, or with a range removed, doubled, flipped or put in. */
export function damageBytes(bytes: Buffer, dice: Dice): Buffer {
  const at = dice.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + dice.below(dice.pick([2, 20, 200])));
  const before = bytes.subarray(0, at);
  const after = bytes.subarray(end);
  switch (dice.below(7)) {
    case 0:
      return Buffer.from(before);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, bytes.subarray(at, end), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([before, Buffer.of(dice.below(256)), bytes.subarray(at + 1)]);
    case 4:
      return Buffer.concat([before, dice.pick(BROKEN_UTF8), bytes.subarray(at)]);
    case 5: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << dice.below(8));
      return flipped;
    }
    default:
      return Buffer.concat([before, dice.pick(PIECES), bytes.subarray(at)]);
  }
}
