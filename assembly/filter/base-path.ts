// Paths before the API's own: https://www.rfc-editor.org/rfc/rfc3986#section-3.3

/** Takes `base` off the front of a path; a path without it stays as it is. `base` ends without a slash. */
export function withoutBase(path: string, base: string): string {
  if (base.length == 0 || !isBelow(path, base)) return path;
  return path.length == base.length ? "/" : path.substring(base.length);
}

/** Puts `base` before a path, unless it stands there already. */
export function withBase(path: string, base: string): string {
  return base.length == 0 || path.length == 0 || isBelow(path, base) ? path : base + path;
}

/** `/ai` is no part of `/aid`. */
function isBelow(path: string, base: string): bool {
  if (!path.startsWith(base)) return false;
  return path.length == base.length || path.charAt(base.length) == "/";
}
