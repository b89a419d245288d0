// What may not stand in a header: https://www.rfc-editor.org/rfc/rfc9110#section-5.5

/** Whether a text has control characters, such as line breaks and NUL. */
export function hasControlCharacters(text: string): bool {
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code == 0x7f) return true;
  }
  return false;
}
