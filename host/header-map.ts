// Headers as Envoy keeps them: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers

/** Names and values in order. */
export type HeaderPairs = ReadonlyArray<readonly [string, string]>;

/** Which message the headers belong to; `host` means `:authority` in a request only. */
export type HeaderKind = "request" | "response" | "other";

// Envoy keeps one entry for each of these: a second value is appended behind a comma.
const SINGLE_ENTRY = new Set([
  ":authority",
  ":method",
  ":path",
  ":scheme",
  ":status",
  "authorization",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "expect",
  "location",
  "server",
  "te",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "via",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-request-id",
]);

/** An ordered list of lower-case names and values. */
export class HeaderMap {
  private entries: [string, string][] = [];

  constructor(
    readonly kind: HeaderKind,
    pairs: HeaderPairs = [],
  ) {
    for (const [name, value] of pairs) this.add(name, value);
  }

  /** The first value of a name, or null. */
  get(name: string): string | null {
    const key = this.key(name);
    const entry = this.entries.find(([own]) => own === key);
    return entry === undefined ? null : entry[1];
  }

  /** Adds a value behind those that a name has. */
  add(name: string, value: string): void {
    const key = this.key(name);
    const own = SINGLE_ENTRY.has(key) ? this.entries.find((entry) => entry[0] === key) : undefined;
    if (own === undefined) this.entries.push([key, value]);
    else own[1] = `${own[1]},${value}`;
  }

  /** Replaces every value of a name by one, also where there was none. */
  replace(name: string, value: string): void {
    this.remove(name);
    this.entries.push([this.key(name), value]);
  }

  /** Removes every value of a name. */
  remove(name: string): void {
    const key = this.key(name);
    this.entries = this.entries.filter(([own]) => own !== key);
  }

  /** Replaces everything. */
  setAll(pairs: HeaderPairs): void {
    this.entries = [];
    for (const [name, value] of pairs) this.add(name, value);
  }

  /** A copy of all pairs, in order. */
  pairs(): [string, string][] {
    return this.entries.map(([name, value]) => [name, value]);
  }

  /** Number of entries. */
  get size(): number {
    return this.entries.length;
  }

  /** Bytes of all names and values. */
  get byteSize(): number {
    return this.entries.reduce((sum, [name, value]) => sum + byteLength(name + value), 0);
  }

  private key(name: string): string {
    const lower = name.toLowerCase();
    return lower === "host" && this.kind === "request" ? ":authority" : lower;
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
