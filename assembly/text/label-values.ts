// Values of a metric's label: few, and of harmless characters, whatever clients and providers say.

const LONGEST: i32 = 80;

/** All values that one label has had; what is new beyond a limit is `other`. */
export class LabelValues {
  private readonly cleaned: Map<string, string> = new Map<string, string>();

  constructor(private readonly limit: i32) {}

  /**
   * The value for a text; "" for "". Texts that are not `trusted`, such as names of models that nobody has
   * answered for, cannot take more than half of the places.
   */
  of(text: string, trusted: bool): string {
    if (text.length == 0) return "";
    if (this.cleaned.has(text)) return this.cleaned.get(text);
    if (this.cleaned.size >= (trusted ? this.limit : this.limit / 2)) return "other";
    const value = cleanLabel(text);
    this.cleaned.set(text, value);
    return value;
  }
}

/** A text with nothing in it that would end a label or a name. */
export function cleanLabel(text: string): string {
  const letters: string[] = [];
  for (let i = 0, count = min(text.length, LONGEST); i < count; ++i) {
    const letter = text.charAt(i);
    const code = text.charCodeAt(i);
    const isWord =
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      (code >= 0x30 && code <= 0x39);
    letters.push(isWord || "-_./@+:".includes(letter) ? letter : "_");
  }
  return letters.join("");
}
