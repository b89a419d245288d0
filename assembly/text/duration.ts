// Spans of time as headers have them: `6m0s`, `1h2m3.5s`, `120ms`, or a number of seconds.

/** Milliseconds; -1 where it is none. */
export function parseDuration(text: string): i64 {
  let total: f64 = 0;
  let at = 0;
  while (at < text.length) {
    const start = at;
    while (at < text.length && isOfNumber(text.charCodeAt(at))) ++at;
    const unitAt = at;
    while (at < text.length && !isOfNumber(text.charCodeAt(at))) ++at;
    const unit = text.substring(unitAt, at);
    const factor = factorOf(unit);
    // Only a number alone may be without a unit.
    if (unitAt == start || unitAt - start > 18 || factor == 0) return -1;
    if (unit.length == 0 && start > 0) return -1;
    const number = parseFloat(text.substring(start, unitAt));
    if (isNaN(number)) return -1;
    total += number * factor;
  }
  return text.length == 0 ? -1 : <i64>Math.ceil(Math.min(total, 1e18));
}

function isOfNumber(code: i32): bool {
  return code == 0x2e || (code >= 0x30 && code <= 0x39);
}

function factorOf(unit: string): f64 {
  if (unit == "ms") return 1;
  if (unit.length == 0 || unit == "s") return 1000;
  if (unit == "m") return 60_000;
  if (unit == "h") return 3_600_000;
  return unit == "d" ? 86_400_000 : 0;
}
