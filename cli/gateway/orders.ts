// In which order a rule asks its providers.
import { type ModelEntry, type Target, targetsOf } from "./gateway.ts";

/** The orders of a rule, one per provider that may be the first. */
export function ordersOf(entry: ModelEntry): Target[][] {
  const targets = targetsOf(entry);
  // The first one, the ones behind it, and then those before it.
  return targets.map((_, at) => [...targets.slice(at), ...targets.slice(0, at)]);
}

/** The provider of each attempt. */
export function attemptsOf(order: Target[]): Target[] {
  return order.flatMap((target) => Array.from({ length: target.attempts ?? 1 }, () => target));
}
