// How a provider in a cluster tells the gateway that none of its tokens is in use, so that it asks another one first.
import { ProviderConfig } from "../config/provider-config";
import { SharedValue } from "../proxy-wasm/shared-data";
import { Outages } from "../routing/outages";
import { ByteWriter } from "../text/byte-writer";
import { fnv1a64 } from "../text/fnv";

/** As often as other workers may get in between. */
const TRIES: i32 = 10;
/** All providers that are out: one look for each request. */
const OUT: SharedValue = new SharedValue("ai-proxy.out");
const TEXT: ByteWriter = new ByteWriter();

/** The providers that are out, or null where there is none. */
export function readOutages(): Outages | null {
  OUT.read();
  return OUT.length == 0 ? null : Outages.parse(OUT.ptr, OUT.length);
}

/** Says when a provider has a token again, 0 where it has one. */
export function tellOutage(config: ProviderConfig, until: i64, now: i64): void {
  const id = config.settings.id;
  if (id.length > 0 && owns(config)) publish(id, until, now);
}

/** Takes what is over out of the shared value. */
export function forgetOutages(now: i64): void {
  publish("", 0, now);
}

function publish(id: string, until: i64, now: i64): void {
  for (let i = 0; i < TRIES; ++i) {
    OUT.read();
    const outages = Outages.parse(OUT.ptr, OUT.length);
    const isNews = outages.set(id, until);
    if (outages.prune(now) || isNews) {
      if (OUT.write(outages.write())) return;
    } else {
      return;
    }
  }
}

/**
 * A configuration has come: from now on only it speaks for the provider of its id. What requests under the one before
 * find out later is of tokens that may be gone.
 */
export function claimProvider(config: ProviderConfig): void {
  const id = config.settings.id;
  if (id.length == 0) return;
  const value = ownerOf(id);
  const mark = markOf(config);
  for (let i = 0; i < TRIES; ++i) {
    value.read();
    if (holds(value, mark)) return;
    TEXT.clear();
    TEXT.ascii(mark);
    if (value.write(TEXT)) return;
  }
}

/** Whether no other configuration speaks for the provider. */
function owns(config: ProviderConfig): bool {
  const value = ownerOf(config.settings.id);
  value.read();
  return holds(value, markOf(config));
}

function ownerOf(id: string): SharedValue {
  return new SharedValue("ai-proxy.owner." + fnv1a64(id).toString(16));
}

function holds(value: SharedValue, mark: string): bool {
  return value.length > 0 && String.UTF8.decodeUnsafe(value.ptr, value.length) == mark;
}

function markOf(config: ProviderConfig): string {
  const pool = config.failover;
  return pool === null ? "-" : pool.key + "/" + pool.hashes.join();
}
