// What is known of the failing tokens of a provider: the value that all workers share.
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";

const DOC: Document = new Document();
const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** One token that has failed. A token that has not failed has no state. */
export class TokenState {
  /** Failures one after the other. */
  failures: i32 = 0;
  /** Successes one after the other since the token is out. */
  successes: i32 = 0;
  isOut: bool = false;
  /** The provider does not take it: it will not work again by itself. */
  isRefused: bool = false;
  /** While it is out: when it is back, or probed next. Milliseconds since 1970. */
  until: i64 = 0;
  /** When this state changed last. Milliseconds since 1970. */
  changed: i64 = 0;
  /** When it failed last. Milliseconds since 1970. */
  failed: i64 = 0;
  /** Where the request went that took it out: cluster, host, and path of the client. */
  cluster: string = "";
  host: string = "";
  path: string = "";

  /** `hash`: of the token, in hexadecimal; the token itself is never kept. */
  constructor(readonly hash: string) {}
}

/** The states of a provider's failing tokens, those of other configurations included. */
export class PoolState {
  readonly tokens: TokenState[] = [];

  /** Reads what `write` wrote; what cannot be read is as if nothing had failed. */
  static parse(ptr: usize, length: i32): PoolState {
    const state = new PoolState();
    if (length <= 2 || !DOC.parse(ptr, length)) return state;
    for (let value = DOC.first(DOC.root()); value >= 0; value = DOC.next(value)) {
      const token = new TokenState(DOC.key(value));
      token.failures = <i32>integer(value, "failures");
      token.successes = <i32>integer(value, "successes");
      token.isOut = DOC.isTrue(DOC.get(value, "out"));
      token.isRefused = DOC.isTrue(DOC.get(value, "refused"));
      token.until = integer(value, "until");
      token.failed = integer(value, "failed");
      token.changed = integer(value, "changed");
      token.cluster = DOC.string(DOC.get(value, "cluster"));
      token.host = DOC.string(DOC.get(value, "host"));
      token.path = DOC.string(DOC.get(value, "path"));
      state.tokens.push(token);
    }
    return state;
  }

  /** The JSON text; its memory is overwritten by the next one. */
  write(): ByteWriter {
    const json = JSON_TEXT;
    json.out.clear();
    json.reset();
    json.beginObject();
    for (let i = 0; i < this.tokens.length; ++i) {
      const token = this.tokens[i];
      json.key(token.hash);
      json.beginObject();
      json.keyInteger("failures", token.failures);
      json.keyInteger("successes", token.successes);
      json.keyBool("out", token.isOut);
      json.keyBool("refused", token.isRefused);
      json.keyInteger("until", token.until);
      json.keyInteger("failed", token.failed);
      json.keyInteger("changed", token.changed);
      json.keyString("cluster", token.cluster);
      json.keyString("host", token.host);
      json.keyString("path", token.path);
      json.endObject();
    }
    json.endObject();
    return json.out;
  }

  /** The state of a token, or null where it has not failed. */
  find(hash: string): TokenState | null {
    for (let i = 0; i < this.tokens.length; ++i) {
      if (this.tokens[i].hash == hash) return this.tokens[i];
    }
    return null;
  }

  /** Forgets a token: it is as good as new. */
  remove(hash: string): void {
    for (let i = 0; i < this.tokens.length; ++i) {
      if (this.tokens[i].hash == hash) {
        this.tokens.splice(i, 1);
        return;
      }
    }
  }
}

function integer(object: i32, name: string): i64 {
  return DOC.integer(DOC.get(object, name), 0);
}
