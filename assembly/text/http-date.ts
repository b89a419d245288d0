// Dates as HTTP headers have them: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
import { parseRfc3339 } from "./rfc3339";

const MONTHS: string = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`; -1 where it is none. */
export function parseHttpDate(text: string): i64 {
  const month = text.length == 29 ? MONTHS.indexOf(text.substring(8, 11)) : -1;
  if (month < 0 || month % 3 != 0 || !text.endsWith(" GMT")) return -1;
  const number = (month / 3 + 1).toString().padStart(2, "0");
  const day = text.substring(12, 16) + "-" + number + "-" + text.substring(5, 7);
  return parseRfc3339(day + "T" + text.substring(17, 25) + "Z");
}
