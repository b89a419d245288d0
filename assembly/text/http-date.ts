// Dates as HTTP headers have them: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
import { timeText } from "./date";
import { parseRfc3339 } from "./rfc3339";

const MONTHS: string = "JanFebMarAprMayJunJulAugSepOctNovDec";
/** From the first of January 1970, which was a Thursday. */
const WEEKDAYS: string = "ThuFriSatSunMonTueWed";

/** Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`; -1 where it is none. */
export function parseHttpDate(text: string): i64 {
  const month = text.length == 29 ? MONTHS.indexOf(text.substring(8, 11)) : -1;
  if (month < 0 || month % 3 != 0 || !text.endsWith(" GMT")) return -1;
  const number = (month / 3 + 1).toString().padStart(2, "0");
  const day = text.substring(12, 16) + "-" + number + "-" + text.substring(5, 7);
  return parseRfc3339(day + "T" + text.substring(17, 25) + "Z");
}

/** A time in seconds since 1970 as `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function httpDate(seconds: i64): string {
  const text = timeText(seconds * 1000);
  const weekday = <i32>((seconds / 86_400) % 7) * 3;
  const month = (I32.parseInt(text.substring(5, 7), 10) - 1) * 3;
  const day = `${WEEKDAYS.substring(weekday, weekday + 3)}, ${text.substring(8, 10)}`;
  const name = MONTHS.substring(month, month + 3);
  return `${day} ${name} ${text.substring(0, 4)} ${text.substring(11, 19)} GMT`;
}
