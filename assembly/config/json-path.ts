// JSON paths as messages show them: `providers[2].modelMapping["gpt-*"]`.

/** Characters of a name that a message shows. */
const SHOWN_LENGTH: i32 = 64;

/** The path of a member. */
export function memberPath(path: string, name: string): string {
  if (!isPlainName(name)) return path + "[" + quoted(name) + "]";
  return path.length > 0 ? path + "." + name : name;
}

/** The path of an element. */
export function elementPath(path: string, index: i32): string {
  return path + "[" + index.toString() + "]";
}

/**
 * A text in quotes, cut where it is long; what could break a line of a log becomes a question mark.
 */
export function quoted(text: string): string {
  const shown = text.length > SHOWN_LENGTH ? text.substring(0, SHOWN_LENGTH) + "…" : text;
  const parts: string[] = ['"'];
  for (let i = 0; i < shown.length; ++i) {
    const code = shown.charCodeAt(i);
    const breaks = code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
    parts.push(breaks ? "?" : shown.charAt(i));
  }
  parts.push('"');
  return parts.join("");
}

function isPlainName(name: string): bool {
  for (let i = 0; i < name.length; ++i) {
    const code = name.charCodeAt(i);
    const lower = code | 0x20;
    const isLetter = lower >= 0x61 && lower <= 0x7a;
    if (!isLetter && !(code >= 0x30 && code <= 0x39) && code != 0x5f) return false;
  }
  return name.length > 0 && name.length <= SHOWN_LENGTH;
}
