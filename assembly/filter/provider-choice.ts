// Who is asked, and in which order, where providers have no token in use: the gateway in front of them knows from what
// their clusters share. Envoy does not retry what a filter answers itself, so they have to be left out beforehand.
import { Headers, removeHeader, setHeader } from "../proxy-wasm/headers";
import { log } from "../proxy-wasm/log";
import { HeaderMapType, LogLevel } from "../proxy-wasm/types";
import { ModelRule, RouteTarget } from "../routing/model-router";
import { Outages } from "../routing/outages";
import { writeBase64 } from "../text/base64";
import { ByteWriter } from "../text/byte-writer";
import { forgetOutages, readOutages } from "./outage";
import { nowMilliseconds } from "./token-health";

/** Header: the groups of the route that shall be asked, which become its dynamic metadata. */
const ORDER_HEADER: string = "x-llm-order";
const RETRIES_HEADER: string = "x-envoy-max-retries";
/** Milliseconds between two lines of the log. */
const BETWEEN_LINES: i64 = 1000;

const ORDER: ByteWriter = new ByteWriter();
const TEXT: ByteWriter = new ByteWriter();

/** When the log last said that a provider was left out. */
let lastLine: i64 = 0;

/** Takes away what a client says of the order: it could name any cluster. */
export function dropOrder(headers: Headers): void {
  if (headers.has(ORDER_HEADER)) removeHeader(HeaderMapType.RequestHeaders, ORDER_HEADER);
}

/**
 * The provider that is asked first; where others are out the order of the attempts is set. The one that is `wanted` is
 * asked alone.
 */
export function chooseProvider(rule: ModelRule, random: u64, wanted: string): RouteTarget {
  const targets = rule.targets;
  if (wanted.length > 0) return chooseOnly(rule, rule.placeOf(wanted));
  const outages = readOutages();
  if (outages === null) return targets[rule.first(random)];
  const now = nowMilliseconds();
  if (outages.prune(now)) forgetOutages(now);
  const out: bool[] = [];
  let live = 0;
  for (let i = 0; i < targets.length; ++i) {
    const isOut = outages.until(targets[i].id) > 0;
    out.push(isOut);
    if (!isOut) ++live;
  }
  if (live == 0 || live == targets.length) return targets[rule.first(random)];
  const at = rule.first(random, out);
  setOrder(rule, at, out);
  tell(rule, at, out, outages, now);
  return targets[at];
}

function chooseOnly(rule: ModelRule, at: i32): RouteTarget {
  const others: bool[] = new Array<bool>(rule.targets.length).fill(true);
  others[at] = false;
  setOrder(rule, at, others);
  return rule.targets[at];
}

/** Names the live providers' groups from the first one on, each as often as it is to be asked. */
function setOrder(rule: ModelRule, at: i32, out: bool[]): void {
  const count = rule.targets.length;
  ORDER.clear();
  let attempts = 0;
  for (let i = 0; i < count; ++i) {
    const place = (at + i) % count;
    if (out[place]) continue;
    const target = rule.targets[place];
    for (let n = 0; n < target.attempts; ++n, ++attempts) writeGroup(target.id);
  }
  TEXT.clear();
  writeTag(0x32, ORDER.length, TEXT);
  TEXT.writer(ORDER);
  const text = new ByteWriter();
  writeBase64(TEXT.ptr, TEXT.length, text);
  setHeader(HeaderMapType.RequestHeaders, ORDER_HEADER, text.toString());
  text.release();
  setHeader(HeaderMapType.RequestHeaders, RETRIES_HEADER, (attempts - 1).toString());
}

/**
 * Appends `{"name": id}` to a list as google.protobuf.Value has it:
 * https://protobuf.dev/reference/protobuf/google.protobuf/#value
 */
function writeGroup(id: string): void {
  const name = String.UTF8.byteLength(id);
  const value = withTag(name);
  const entry = 6 + withTag(value);
  const fields = withTag(entry);
  const list = withTag(fields);
  writeTag(0x0a, list, ORDER);
  writeTag(0x2a, fields, ORDER);
  writeTag(0x0a, entry, ORDER);
  writeTag(0x0a, 4, ORDER);
  ORDER.ascii("name");
  writeTag(0x12, value, ORDER);
  writeTag(0x1a, name, ORDER);
  ORDER.text(id);
}

/** Bytes of a member with a tag, a length and so many bytes. */
function withTag(length: i32): i32 {
  return 1 + lengthSize(length) + length;
}

function lengthSize(length: i32): i32 {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : 3;
}

function writeTag(tag: u8, length: i32, out: ByteWriter): void {
  out.byte(tag);
  let rest = length;
  for (; rest >= 0x80; rest >>= 7) out.byte(<u8>((rest & 0x7f) | 0x80));
  out.byte(<u8>rest);
}

function tell(rule: ModelRule, at: i32, out: bool[], outages: Outages, now: i64): void {
  if (now - lastLine < BETWEEN_LINES) return;
  lastLine = now;
  const first = rule.targets[at].id;
  for (let i = 0; i < out.length; ++i) {
    if (!out[i]) continue;
    const id = rule.targets[i].id;
    const wait = outages.until(id) - now;
    log(
      LogLevel.Info,
      `rule '${rule.name}': provider '${id}' is left out for ${wait} ms, since no token is in use; '${first}' is first`,
    );
  }
}
