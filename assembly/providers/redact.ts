// Takes credentials out of texts that clients get to see: some providers repeat keys and addresses
// in their messages.

/** Shorter ones are no credentials but words such as `EMPTY`, which may stand in any text. */
const SHORTEST_TOKEN: i32 = 8;
const MASK = "***";

/** A text without the token, and without what follows `key=`, `token=` or `Bearer `. */
export function redact(text: string, token: string): string {
  if (token.length >= SHORTEST_TOKEN) text = text.replaceAll(token, MASK);
  text = maskAfter(text, "key=");
  text = maskAfter(text, "token=");
  return maskAfter(text, "Bearer ");
}

function maskAfter(text: string, mark: string): string {
  let at = text.indexOf(mark);
  if (at < 0) return text;
  const parts: string[] = [];
  let done = 0;
  while (at >= 0) {
    const start = at + mark.length;
    const end = endOfValue(text, start);
    if (end - start >= SHORTEST_TOKEN) {
      parts.push(text.substring(done, start));
      parts.push(MASK);
      done = end;
    }
    at = text.indexOf(mark, end);
  }
  parts.push(text.substring(done));
  return parts.join("");
}

/**
 * Where a value ends that began at `at`: at a space, a quote, or what ends a part of an address.
 */
function endOfValue(text: string, at: i32): i32 {
  while (at < text.length && !" \t\r\n\"'`<>&,;)]}".includes(text.charAt(at))) ++at;
  return at;
}
