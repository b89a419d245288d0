// What one JSON Schema consists of, when references and combinations are taken for what they stand for:
// https://json-schema.org/draft/2020-12/json-schema-core
import { Document } from "../../json/document";

/** Schemas that can be one: by `allOf`, by reference, and with null beside them. */
const MOST_PARTS: i32 = 16;

/** The parts of one schema. `collect` first. */
export class SchemaParts {
  readonly list: i32[] = [];
  isNullable: bool = false;
  /** The list of alternatives, or -1. */
  choice: i32 = -1;
  /** It refers to nothing, or to what it is a part of. */
  isCut: bool = false;

  constructor(
    private readonly doc: Document,
    /** The outermost schema, which references begin at. */
    private readonly root: i32,
    /** Alternatives are kept with null among them. */
    private readonly isJson: bool,
    /** The schemas that stand for references now, outermost first; new ones are added. */
    private readonly open: i32[],
  ) {}

  /** Whether a property may be required: in OpenAPI's form it has a schema that is no bool. */
  hasProperty(name: string): bool {
    if (this.isJson) return true;
    const doc = this.doc;
    for (let i = 0; i < this.list.length; ++i) {
      const properties = doc.get(this.list[i], "properties");
      for (let member = doc.first(properties); member >= 0; member = doc.next(member)) {
        if (doc.isObject(member) && doc.key(member) == name) return true;
      }
    }
    return false;
  }

  /** Finds the parts of a schema. */
  collect(schema: i32): void {
    const doc = this.doc;
    if (!doc.isObject(schema) || this.list.length >= MOST_PARTS) return;
    this.list.push(schema);
    const reference = doc.get(schema, "$ref");
    if (doc.isString(reference)) {
      const target = this.find(doc.string(reference));
      this.isCut = target < 0 || this.open.includes(target);
      if (this.isCut) return;
      this.open.push(target);
      this.collect(target);
    }
    const all = doc.get(schema, "allOf");
    for (let item = doc.first(all); item >= 0 && !this.isCut; item = doc.next(item)) {
      this.collect(item);
    }
    if (!this.isCut) this.collectChoice(schema);
  }

  /** A choice between one schema and null is that schema. */
  private collectChoice(schema: i32): void {
    const doc = this.doc;
    let any = doc.get(schema, "anyOf");
    if (!doc.isArray(any)) any = doc.get(schema, "oneOf");
    if (!doc.isArray(any)) return;
    let count = 0;
    let last = -1;
    for (let item = doc.first(any); item >= 0; item = doc.next(item)) {
      const isNull = !this.isJson && isNullType(doc, item);
      if (isNull) this.isNullable = true;
      else if (++count == 1) last = item;
    }
    if (count == 1 && !this.isJson) this.collect(last);
    else this.choice = any;
  }

  /** The schema that a reference such as `#/$defs/Name` names, or -1. */
  private find(reference: string): i32 {
    if (!reference.startsWith("#")) return -1;
    const names = reference.split("/");
    let found = this.root;
    for (let i = 1; i < names.length && found >= 0; ++i) {
      found = this.doc.get(found, names[i].replaceAll("~1", "/").replaceAll("~0", "~"));
    }
    return found;
  }

  /** The value of a member in the first part that has it, or -1. */
  member(name: string): i32 {
    const list = this.list;
    for (let i = 0; i < list.length; ++i) {
      const value = this.doc.get(list[i], name);
      if (value >= 0) return value;
    }
    return -1;
  }
}

/** Whether a schema allows null only. */
export function isNullType(doc: Document, schema: i32): bool {
  return doc.stringIs(doc.get(schema, "type"), "null");
}
