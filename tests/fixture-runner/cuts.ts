// The ways in which a body may arrive.
import type { Arrival } from "../../host/run.ts";

/** Most positions at which one body is cut in two. */
const MOST_CUTS = 4000;

/** A way to arrive, and how a failure calls it. */
export interface NamedArrival extends Arrival {
  readonly name: string;
}

/** Whole, its end alone, byte by byte, and cut in two at every position; half of them end alone. */
export function everyArrival(body: Uint8Array, positions = MOST_CUTS): NamedArrival[] {
  if (body.length === 0) return [];
  const each = Array.from({ length: body.length - 1 }, (_, i) => i + 1);
  const inTwo = chosen(body, positions).map((cut) => ({
    name: `cut at ${cut}`,
    cuts: [cut],
    endAlone: cut % 2 === 1,
  }));
  return [
    { name: "whole, its end alone", endAlone: true },
    { name: "byte by byte", cuts: each, endAlone: true },
    ...inTwo,
  ];
}

/** Whole with the end alone, and in three pieces. */
export function fewArrivals(body: Uint8Array): NamedArrival[] {
  if (body.length < 3) return [];
  const third = Math.floor(body.length / 3);
  return [
    { name: "whole, its end alone", endAlone: true },
    { name: "in three pieces", cuts: [third, 2 * third], endAlone: true },
  ];
}

// Every position, or an even choice with all positions around line ends.
function chosen(body: Uint8Array, positions: number): number[] {
  const last = body.length - 1;
  if (last <= positions) return Array.from({ length: Math.max(0, last) }, (_, i) => i + 1);
  const cuts = new Set<number>();
  for (let i = 1; i <= positions; ++i) cuts.add(Math.max(1, Math.round((i * last) / positions)));
  for (let at = 0; at < body.length && cuts.size < 2 * positions; ++at) {
    if (body[at] !== 10) continue;
    for (const cut of [at - 1, at, at + 1, at + 2]) if (cut > 0 && cut <= last) cuts.add(cut);
  }
  return [...cuts].sort((a, b) => a - b);
}
