// Events that end in a member of random length, which hides how long their text is:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlockDeltaEvent.html
import { asciiEquals } from "../text/ascii-equals";

const START: string = ',"p":"';
const END: string = '"}';

/**
 * The length of an event up to its last member, where that is the padding; else all of it. The
 * padding's text has letters and digits only, so that the rest decides whether the event is JSON.
 */
export function lengthWithoutPadding(ptr: usize, length: i32): i32 {
  if (length < END.length || !asciiEquals(ptr + length - END.length, END)) return length;
  let at = length - END.length;
  while (at > 0 && isLetterOrDigit(load<u8>(ptr + at - 1))) --at;
  const start = at - START.length;
  return start > 0 && asciiEquals(ptr + start, START) ? start : length;
}

function isLetterOrDigit(byte: u8): bool {
  const letter = byte | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
}
