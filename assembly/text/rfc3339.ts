// Times of day as text: https://www.rfc-editor.org/rfc/rfc3339#section-5.6

/** Seconds since 1970 of a time such as `2025-07-07T20:22:19.184789+02:00`; -1 where it is none. */
export function parseRfc3339(text: string): i64 {
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const time = digits(text, 11, 2) * 3600 + digits(text, 14, 2) * 60 + digits(text, 17, 2);
  if (text.length < 20 || month < 1 || month > 12 || day < 1 || day > 31) return -1;
  if (time < 0 || time > 86400) return -1;
  let at = 19;
  if (text.charCodeAt(at) == 0x2e) {
    for (++at; at < text.length && digits(text, at, 1) >= 0;) ++at;
  }
  const sign = at < text.length ? text.charCodeAt(at) : 0;
  let offset: i64 = 0;
  if (sign == 0x2b || sign == 0x2d) {
    offset = digits(text, at + 1, 2) * 3600 + digits(text, at + 4, 2) * 60;
    if (offset < 0) return -1;
    if (sign == 0x2d) offset = -offset;
  } else if (sign != 0x5a && sign != 0x7a) {
    return -1;
  }
  // Days of the years and months before, with years that begin in March.
  const year = digits(text, 0, 4) - (month <= 2 ? 1 : 0);
  if (year < 1969) return -1;
  const days = year * 365 + year / 4 - year / 100 + year / 400;
  const inYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return (days + inYear - 719468) * 86400 + time - offset;
}

/** The number that `count` digits say; far below 0 where there are others. */
function digits(text: string, at: i32, count: i32): i64 {
  let value: i64 = 0;
  for (let i = at; i < at + count; ++i) {
    const digit = i < text.length ? <i32>text.charCodeAt(i) - 0x30 : -1;
    if (digit < 0 || digit > 9) return -1_000_000;
    value = value * 10 + digit;
  }
  return value;
}
