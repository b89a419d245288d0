// Typed reading of a JSON object's members; every error names the member's path and what was
// expected.
import { Document, JsonKind } from "../json/document";
import { ConfigReport } from "./config-report";
import { expandEnvironment } from "./environment";
import { elementPath, memberPath, quoted } from "./json-path";
import { suggestion } from "./nearest-name";
import { startsAt } from "../text/starts-at";

/** What all readers of one configuration share. */
export class ConfigSource {
  /** The plugin stands in a provider's cluster. */
  isCluster: bool = false;

  constructor(
    readonly doc: Document,
    readonly report: ConfigReport,
    /** Environment variables by name. */
    readonly environment: Map<string, string>,
  ) {}
}

/**
 * Reads one object. A member that is null counts as absent. After an error the answers are
 * defaults, so that a caller may go on and look at the report at its end.
 */
export class FieldReader {
  /** Names that were asked for: the known ones, in the order of asking. */
  readonly known: string[] = [];
  readonly doc: Document;
  readonly report: ConfigReport;

  constructor(
    readonly source: ConfigSource,
    readonly object: i32,
    readonly path: string,
  ) {
    this.doc = source.doc;
    this.report = source.report;
  }

  /** A reader of another object. */
  inner(object: i32, path: string): FieldReader {
    return new FieldReader(this.source, object, path);
  }

  /** The path of a member. */
  pathOf(name: string): string {
    return memberPath(this.path, name);
  }

  /** The member's value, -1 where it is absent or null. */
  value(name: string): i32 {
    this.known.push(name);
    const value = this.doc.get(this.object, name);
    return this.doc.absent(value) ? -1 : value;
  }

  /**
   * The member's value if it is of this kind; -1 where it is absent or, with an error, of another
   * kind.
   */
  valueOf(name: string, kind: JsonKind): i32 {
    const value = this.value(name);
    if (value < 0 || this.check(value, kind, this.pathOf(name))) return value;
    return -1;
  }

  /** Whether a value is of a kind; else that is an error. */
  check(value: i32, kind: JsonKind, path: string): bool {
    if (this.doc.kind(value) == kind) return true;
    this.expected(nameOfKind(kind), value, path);
    return false;
  }

  /** Reports that a value is of another kind than expected. */
  expected(what: string, value: i32, path: string): void {
    this.report.fail(path, "expected " + what + ", found " + nameOfKind(this.doc.kind(value)));
  }

  /** Any string. */
  string(name: string, fallback: string = ""): string {
    const value = this.valueOf(name, JsonKind.String);
    return value < 0 ? fallback : this.doc.string(value);
  }

  /** A string without control characters. */
  text(name: string, fallback: string = ""): string {
    const text = this.string(name, fallback);
    return this.clean(text, 0x1f, "", this.pathOf(name)) ? text : fallback;
  }

  /** A URL with a host, with or without a scheme. */
  url(name: string): string {
    const path = this.pathOf(name);
    const url = this.string(name);
    if (url.length == 0 || !this.clean(url, 0x20, "", path)) return "";
    const scheme = url.indexOf("://");
    const rest = scheme < 0 ? 0 : scheme + 3;
    if (!url.startsWith("/") && rest < url.length && !startsAt(url, "/", rest)) return url;
    this.report.fail(path, "expected a URL with a host");
    return "";
  }

  /** A host, with or without port; never with a scheme or path. */
  host(name: string): string {
    const text = this.string(name);
    return this.clean(text, 0x20, "/?#@", this.pathOf(name)) ? text : "";
  }

  /** A path that begins with a slash, without one at its end; no query and no fragment. */
  basePath(name: string): string {
    const path = this.string(name);
    if (path.length == 0) return "";
    if (!path.startsWith("/")) {
      this.report.fail(this.pathOf(name), "expected a path that begins with /");
    }
    if (!this.clean(path, 0x20, "?#", this.pathOf(name))) return "";
    return path.endsWith("/") ? path.substring(0, path.length - 1) : path;
  }

  /** The name of a header in lower case: https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
  headerName(name: string): string {
    const text = this.string(name);
    for (let i = 0; i < text.length; ++i) {
      const code = text.charCodeAt(i);
      if (code > 0x20 && code < 0x7f && !'"(),/:;<=>?@[\\]{}'.includes(text.charAt(i))) continue;
      this.report.fail(this.pathOf(name), "expected the name of a header");
      return "";
    }
    return text.toLowerCase();
  }

  /** Reports a member that may not be absent or empty. */
  need(name: string, value: string, what: string): void {
    if (value.length == 0) this.report.fail(this.pathOf(name), "expected " + what);
  }

  /**
   * A string in which environment variables are replaced; `multiline` ones may hold control
   * characters.
   */
  secret(name: string, multiline: bool = false): string {
    const path = this.pathOf(name);
    const source = this.source;
    const text = expandEnvironment(this.string(name), source.environment, this.report, path);
    return multiline || this.clean(text, 0x1f, "", path) ? text : "";
  }

  /**
   * Whether a text has only characters above `highest`, and none of `others`; else that is an
   * error.
   */
  clean(text: string, highest: i32, others: string, path: string): bool {
    for (let i = 0; i < text.length; ++i) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code == 0x7f) this.report.fail(path, "holds a control character");
      else if (code <= highest) this.report.fail(path, "holds white space");
      else if (others.includes(text.charAt(i))) this.report.fail(path, "holds a " + text.charAt(i));
      else continue;
      return false;
    }
    return true;
  }

  /** One of several words; "" counts as absent. */
  choice(name: string, words: string[], fallback: string): string {
    const word = this.string(name);
    if (word.length == 0) return fallback;
    if (words.includes(word)) return word;
    const known: string[] = [];
    for (let i = 0; i < words.length; ++i) known.push(quoted(words[i]));
    const path = this.pathOf(name);
    this.report.fail(path, "expected " + known.join(" or ") + ", found " + quoted(word));
    return fallback;
  }

  /** `true` or `false`. */
  bool(name: string, fallback: bool): bool {
    const value = this.value(name);
    if (value < 0) return fallback;
    if (this.doc.isTrue(value)) return true;
    if (!this.doc.isFalse(value)) this.expected("a boolean", value, this.pathOf(name));
    return false;
  }

  /** An integer from `lowest` to `highest`. */
  integer(name: string, lowest: i32, highest: i32, fallback: i32): i32 {
    const value = this.valueOf(name, JsonKind.Number);
    if (value < 0) return fallback;
    const number = this.doc.integer(value, i64.MIN_VALUE);
    if (number >= lowest && number <= highest) return <i32>number;
    const range = lowest.toString() + " to " + highest.toString();
    this.report.fail(this.pathOf(name), "expected an integer from " + range);
    return fallback;
  }

  /** Strings; a single one may stand without the list. */
  stringList(name: string): string[] {
    const texts: string[] = [];
    const value = this.value(name);
    const path = this.pathOf(name);
    if (this.doc.isString(value)) {
      texts.push(this.doc.string(value));
    } else if (value >= 0 && !this.doc.isArray(value)) {
      this.expected("a list of strings", value, path);
    }
    if (!this.doc.isArray(value)) return texts;
    for (let item = this.doc.first(value); item >= 0; item = this.doc.next(item)) {
      if (!this.check(item, JsonKind.String, elementPath(path, texts.length))) break;
      texts.push(this.doc.string(item));
    }
    return texts;
  }

  /** An object of strings; the last one of several equal names counts. */
  stringMap(name: string): Map<string, string> {
    const texts = new Map<string, string>();
    const object = this.valueOf(name, JsonKind.Object);
    for (let value = this.doc.first(object); value >= 0; value = this.doc.next(value)) {
      const key = this.doc.key(value);
      if (!this.check(value, JsonKind.String, memberPath(this.pathOf(name), key))) break;
      texts.set(key, this.doc.string(value));
    }
    return texts;
  }

  /** The JSON text of an object as it stands; "" where it is absent. */
  rawObject(name: string): string {
    return this.raw(this.valueOf(name, JsonKind.Object));
  }

  /** The JSON text of a value as it stands. */
  raw(value: i32): string {
    if (value < 0) return "";
    const start = this.doc.start(value);
    return String.UTF8.decodeUnsafe(this.doc.ptr + start, this.doc.end(value) - start);
  }

  /** Warns of each member that nobody asked for. */
  warnOfUnknown(): void {
    for (let value = this.doc.first(this.object); value >= 0; value = this.doc.next(value)) {
      const name = this.doc.key(value);
      if (this.known.includes(name)) continue;
      this.report.warn(this.pathOf(name), "unknown key" + suggestion(name, this.known));
    }
  }
}

/** A kind with its article, as messages say it. */
function nameOfKind(kind: JsonKind): string {
  switch (kind) {
    case JsonKind.Null:
      return "null";
    case JsonKind.False:
    case JsonKind.True:
      return "a boolean";
    case JsonKind.Number:
      return "a number";
    case JsonKind.String:
      return "a string";
    case JsonKind.Array:
      return "an array";
    case JsonKind.Object:
      return "an object";
    default:
      return "nothing";
  }
}
