// Who may use a gateway, and how: the entries of `consumers`.
import { HASH_PREFIX, isHash, KeyHashes } from "../crypto/key-hashes";
import { JsonKind } from "../json/document";
import { Budget } from "../routing/budget";
import { ModelPatterns } from "../routing/model-router";
import { CustomSetting, readMembers } from "./custom-setting";
import { expandEnvironment } from "./environment";
import { FieldReader } from "./field-reader";
import { elementPath, quoted } from "./json-path";
import { addPatterns } from "./model-patterns";

/** One consumer; only its budget's counts change. */
export class Consumer {
  /** The models it may use; all where it names none. */
  readonly models: ModelPatterns = new ModelPatterns();
  /** Members of the bodies of its requests: defaults, and behind them overrides. */
  settings: CustomSetting[] = [];
  /** Null: there are no limits. */
  budget: Budget | null = null;

  constructor(readonly name: string) {}
}

/** All consumers of a gateway and the hashes of their keys. */
export class Consumers {
  readonly all: Consumer[] = [];
  readonly keys: KeyHashes = new KeyHashes();

  /** The owner of a key, or null. */
  find(key: string): Consumer | null {
    const owner = this.keys.ownerOf(key);
    return owner < 0 ? null : this.all[owner];
  }
}

/** Reads `consumers`. Null: there is no such key, and everybody may use the gateway. */
export function readConsumers(reader: FieldReader): Consumers | null {
  const list = reader.valueOf("consumers", JsonKind.Array);
  if (list < 0) return null;
  const consumers = new Consumers();
  const doc = reader.doc;
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    const path = elementPath(reader.pathOf("consumers"), consumers.all.length);
    if (!reader.check(item, JsonKind.Object, path)) return consumers;
    readConsumer(reader.inner(item, path), consumers);
  }
  if (consumers.all.length == 0) {
    reader.report.fail(reader.pathOf("consumers"), "expected at least one consumer");
  }
  return consumers;
}

function readConsumer(reader: FieldReader, consumers: Consumers): void {
  const consumer = new Consumer(reader.string("name"));
  checkName(reader, consumer.name, consumers);
  consumers.all.push(consumer);
  readKeys(reader, consumers);
  const models = reader.stringList("models");
  addPatterns(reader, "models", models, consumer.models);
  if (models.length == 0 && !reader.doc.absent(reader.doc.get(reader.object, "models"))) {
    reader.report.fail(reader.pathOf("models"), "expected at least one model");
  }
  consumer.settings = readMembers(reader, "defaults", false).concat(
    readMembers(reader, "overrides", true),
  );
  consumer.budget = readLimits(reader);
  reader.warnOfUnknown();
}

/** Names stand in headers, logs and keys of shared data. */
function checkName(reader: FieldReader, name: string, consumers: Consumers): void {
  const path = reader.pathOf("name");
  if (name.length == 0) reader.report.fail(path, "expected a name");
  for (let i = 0; i < name.length; ++i) {
    const code = name.charCodeAt(i);
    if (code > 0x20 && code < 0x7f) continue;
    reader.report.fail(path, "expected printable ASCII characters without white space");
    return;
  }
  for (let i = 0; i < consumers.all.length; ++i) {
    if (consumers.all[i].name != name) continue;
    reader.report.fail(path, "another consumer has the name " + quoted(name));
  }
}

function readKeys(reader: FieldReader, consumers: Consumers): void {
  const report = reader.report;
  const owner = consumers.all.length - 1;
  const path = reader.pathOf("keys");
  const texts = reader.stringList("keys");
  if (texts.length == 0) report.fail(path, "expected at least one key");
  for (let i = 0; i < texts.length; ++i) {
    const at = elementPath(path, i);
    const key = expandEnvironment(texts[i], reader.source.environment, report, at);
    if (report.failed) return;
    if (key.length == 0) report.fail(at, "expected a key, found an empty string");
    if (!reader.clean(key, 0x20, "", at)) return;
    const isHashed = key.startsWith(HASH_PREFIX);
    const digits = isHashed ? key.substring(HASH_PREFIX.length) : "";
    if (isHashed && !isHash(digits)) {
      report.fail(at, "expected 64 hexadecimal digits after sha256:");
      return;
    }
    const isNew = isHashed ? consumers.keys.addHex(digits, owner) : consumers.keys.add(key, owner);
    if (!isNew) report.fail(at, "stands here for the second time");
  }
}

function readLimits(reader: FieldReader): Budget | null {
  const object = reader.valueOf("limits", JsonKind.Object);
  if (object < 0) return null;
  const fields = reader.inner(object, reader.pathOf("limits"));
  const requests = fields.integer("requestsPerMinute", 1, i32.MAX_VALUE, 0);
  const tokens = fields.integer("tokensPerMinute", 1, i32.MAX_VALUE, 0);
  const daily = fields.integer("tokensPerDay", 1, i32.MAX_VALUE, 0);
  fields.warnOfUnknown();
  return (requests | tokens | daily) == 0 ? null : new Budget(requests, tokens, daily);
}
