// Comparison of a part of a text:
// https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/String/startsWith

/** Whether `part` stands in the text at a position. Makes no new strings. */
export function startsAt(text: string, part: string, at: i32): bool {
  const length = part.length;
  if (at < 0 || at + length > text.length) return false;
  for (let i = 0; i < length; ++i) {
    if (text.charCodeAt(at + i) != part.charCodeAt(i)) return false;
  }
  return true;
}
