// Dates of the Gregorian calendar in UTC: https://www.rfc-editor.org/rfc/rfc3339
import { ByteWriter } from "./byte-writer";

const SECONDS_OF_DAY: i64 = 86_400;
const DAYS_OF_ERA: i64 = 146_097;
/** From the first of March of the year 0 to 1970. */
const DAYS_TO_EPOCH: i64 = 719_468;

/** Appends the day of a time after 1970, in seconds, as `2024-06-01`. */
export function writeUtcDate(seconds: i64, out: ByteWriter): void {
  // Years that begin in March have their leap day at the end: days and years then follow from
  // divisions. An era is 400 years.
  const days = max<i64>(seconds, 0) / SECONDS_OF_DAY + DAYS_TO_EPOCH;
  const era = days / DAYS_OF_ERA;
  const day = days % DAYS_OF_ERA;
  const year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
  const dayOfYear = day - (365 * year + year / 4 - year / 100);
  const month = (5 * dayOfYear + 2) / 153;
  const isAfterDecember = month >= 10;
  writeDigits(era * 400 + year + (isAfterDecember ? 1 : 0), 4, out);
  out.byte(0x2d);
  writeDigits(isAfterDecember ? month - 9 : month + 3, 2, out);
  out.byte(0x2d);
  writeDigits(dayOfYear - (153 * month + 2) / 5 + 1, 2, out);
}

/** A time after 1970, in milliseconds, as `2024-06-01T08:30:00Z`. */
export function timeText(milliseconds: i64): string {
  const seconds = max<i64>(milliseconds, 0) / 1000;
  const out = new ByteWriter();
  writeUtcDate(seconds, out);
  const time = seconds % SECONDS_OF_DAY;
  out.byte(0x54);
  writeDigits(time / 3600, 2, out);
  out.byte(0x3a);
  writeDigits((time / 60) % 60, 2, out);
  out.byte(0x3a);
  writeDigits(time % 60, 2, out);
  out.byte(0x5a);
  const text = out.toString();
  out.release();
  return text;
}

function writeDigits(value: i64, count: i32, out: ByteWriter): void {
  out.reserve(count);
  for (let at = out.ptr + out.length + count - 1, i = 0; i < count; ++i, --at) {
    store<u8>(at, <u8>(0x30 + (value % 10)));
    value /= 10;
  }
  out.length += count;
}
