// Providers none of whose tokens is in use: the value by which clusters tell the gateway in front of them.
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";

const DOC: Document = new Document();
const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Ids of providers, and when each of them has a token again. */
export class Outages {
  private readonly ids: string[] = [];
  private readonly times: i64[] = [];

  /** Reads what `write` wrote; what cannot be read is as if nothing was out. */
  static parse(ptr: usize, length: i32): Outages {
    const outages = new Outages();
    if (length <= 2 || !DOC.parse(ptr, length)) return outages;
    for (let id = DOC.first(DOC.root()); id >= 0;) {
      const time = DOC.next(id);
      if (time < 0) break;
      outages.ids.push(DOC.string(id));
      outages.times.push(DOC.integer(time, 0));
      id = DOC.next(time);
    }
    return outages;
  }

  /** Ids and times in turn as a JSON list, empty where nothing is out; its memory is overwritten by the next one. */
  write(): ByteWriter {
    const json = JSON_TEXT;
    json.out.clear();
    if (this.ids.length == 0) return json.out;
    json.reset();
    json.beginArray();
    for (let i = 0; i < this.ids.length; ++i) {
      json.string(this.ids[i]);
      json.integer(this.times[i]);
    }
    json.endArray();
    return json.out;
  }

  get isEmpty(): bool {
    return this.ids.length == 0;
  }

  /** When a provider has a token again, in milliseconds since 1970; 0: it has one. */
  until(id: string): i64 {
    const at = this.ids.indexOf(id);
    return at < 0 ? 0 : this.times[at];
  }

  /** Sets when a provider has a token again. False: that was known. */
  set(id: string, until: i64): bool {
    const at = this.ids.indexOf(id);
    if ((at < 0 ? 0 : this.times[at]) == until) return false;
    if (at >= 0) this.remove(at);
    if (until == 0) return true;
    this.ids.push(id);
    this.times.push(until);
    return true;
  }

  /** Drops what is over. False: nothing is. */
  prune(now: i64): bool {
    const count = this.ids.length;
    for (let i = count - 1; i >= 0; --i) if (this.times[i] <= now) this.remove(i);
    return this.ids.length < count;
  }

  private remove(at: i32): void {
    this.ids.splice(at, 1);
    this.times.splice(at, 1);
  }
}
