// What runs when the runtime itself gives up (out of memory, an index out of range): one line in the log, then a trap.
import { proxy_log } from "./imports";
import { LogLevel } from "./types";

/** Static memory for the line, since there may be no other left. */
const LINE: usize = memory.data(512);
const LINE_END: usize = LINE + 512;

/** Target of the compiler option `--use abort=`. */
export function onAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  let at = append(LINE, "aborted: ");
  if (message !== null) at = append(at, message);
  at = append(at, " at ");
  if (file !== null) at = append(at, file);
  at = append(at, ":");
  for (let divisor: u32 = 100000, shown = false; divisor > 0; divisor /= 10) {
    const digit = (line / divisor) % 10;
    shown = shown || digit > 0 || divisor == 1;
    if (shown && at < LINE_END) store<u8>(at++, <u8>(0x30 + digit));
  }
  proxy_log(LogLevel.Critical, LINE, <u32>(at - LINE));
  unreachable();
}

/** Appends the ASCII of a text as far as there is room. */
function append(at: usize, text: string): usize {
  const ptr = changetype<usize>(text);
  for (let i = 0; i < text.length && at < LINE_END; ++i) {
    store<u8>(at++, <u8>load<u16>(ptr + ((<usize>i) << 1)));
  }
  return at;
}
