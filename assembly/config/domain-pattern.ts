// Matches hosts: `api.example.com`, `*.example.com`, `api.*` or `*`; letters of any case, ports
// left out.

const enum Shape {
  Exact,
  Prefix,
  Suffix,
}

/** One pattern of `_match_domain_`. */
export class DomainPattern {
  private readonly shape: Shape;
  /** In lower case, without the star. */
  private readonly text: string;

  constructor(pattern: string) {
    const lower = pattern.toLowerCase();
    if (lower.startsWith("*")) {
      this.shape = Shape.Suffix;
      this.text = lower.substring(1);
    } else if (lower.endsWith("*")) {
      this.shape = Shape.Prefix;
      this.text = lower.substring(0, lower.length - 1);
    } else {
      this.shape = Shape.Exact;
      this.text = lower;
    }
  }

  /** Whether the first `length` characters of a host match. */
  matches(host: string, length: i32): bool {
    const own = this.text.length;
    if (own > length || (this.shape == Shape.Exact && own != length)) return false;
    const from = this.shape == Shape.Suffix ? length - own : 0;
    for (let i = 0; i < own; ++i) {
      if (lowerCode(host.charCodeAt(from + i)) != this.text.charCodeAt(i)) return false;
    }
    return true;
  }
}

/**
 * Length of a host without its port; an IPv6 address may stand in brackets or, without port, alone.
 */
export function hostLength(host: string): i32 {
  const colon = host.lastIndexOf(":");
  if (colon < 0) return host.length;
  const isAddress = host.startsWith("[")
    ? host.lastIndexOf("]") > colon
    : host.indexOf(":") < colon;
  return isAddress ? host.length : colon;
}

function lowerCode(code: i32): i32 {
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
}
