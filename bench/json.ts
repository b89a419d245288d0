// Measures assembly/json beside json-as and V8's JSON.parse: npx tsx bench/json.ts

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Body, bodies } from "./json-bodies.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const ASC = join(ROOT, "node_modules/assemblyscript/bin/asc.js");
/** Samples of which the fastest counts: what disturbs a run only makes it slower. */
const SAMPLES = 5;
const SAMPLE_MS = 20;

interface Guest {
  memory: WebAssembly.Memory;
  allocate(length: number): number;
  parse(ptr: number, length: number, rounds: number): number;
  parseTyped(shape: number, ptr: number, length: number, rounds: number): number;
  parseValue(ptr: number, length: number, rounds: number): number;
}

async function build(entry: string, flags: string[]): Promise<Guest> {
  mkdirSync(join(ROOT, "build"), { recursive: true });
  const file = join(ROOT, "build", `bench-${entry}.wasm`);
  // The project's own asconfig.json has other entries: "none" keeps it out.
  const common = ["--config", "none", "-O3", "--enable", "simd", "-o", file];
  execFileSync(process.execPath, [ASC, `bench/${entry}-entry.ts`, ...common, ...flags], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, JSON_MODE: "SIMD" },
  });
  const abort = () => {
    throw new Error(`${entry} aborted`);
  };
  const imports = { env: { abort } };
  const { instance } = await WebAssembly.instantiate(readFileSync(file), imports);
  return instance.exports as unknown as Guest;
}

function place(guest: Guest, bytes: Uint8Array): number {
  const ptr = guest.allocate(bytes.length);
  new Uint8Array(guest.memory.buffer).set(bytes, ptr);
  return ptr;
}

/** Nanoseconds of one parse; `run` parses so many times and answers how often it was right. */
function measure(run: (rounds: number) => number): number {
  const timed = (rounds: number) => {
    const start = process.hrtime.bigint();
    const right = run(rounds);
    const time = Number(process.hrtime.bigint() - start);
    if (right !== rounds) throw new Error(`${right} of ${rounds} texts were read`);
    return time;
  };
  let rounds = 1;
  while (timed(rounds) < SAMPLE_MS * 1e6) rounds *= 2;
  let best = Infinity;
  for (let i = 0; i < SAMPLES; ++i) best = Math.min(best, timed(rounds) / rounds);
  return best;
}

/** The same, or NaN where the parser cannot read the text. */
function attempt(run: (rounds: number) => number): number {
  try {
    return measure(run);
  } catch {
    return NaN;
  }
}

function parseInV8(bytes: Uint8Array, rounds: number): number {
  const decoder = new TextDecoder();
  let objects = 0;
  for (let i = 0; i < rounds; ++i) {
    if (typeof JSON.parse(decoder.decode(bytes)) === "object") ++objects;
  }
  return objects;
}

function row(body: Body, own: number, others: number[]): string {
  const cell = (text: string, width: number) => text.padStart(width);
  const size = body.bytes.length;
  const cells = [
    body.name.padEnd(34),
    cell(String(size), 9),
    cell((own / 1000).toFixed(2), 9),
    cell((size / own).toFixed(2), 8),
  ];
  for (const time of others) {
    const failed = Number.isNaN(time);
    cells.push(cell(failed ? "fails" : (size / time).toFixed(2), 9));
    cells.push(cell(failed ? "" : `(${(time / own).toFixed(1)}x)`, 9));
  }
  return cells.join(" ");
}

async function main(): Promise<void> {
  const own = await build("json", ["--runtime", "minimal"]);
  const jsonAs = await build("json-as", ["--runtime", "incremental", "--transform", "json-as"]);
  console.log("GB/s from UTF-8 bytes; in brackets how many times as long as assembly/json");
  console.log(
    "json-as: text decoded, not checked; its Value leaves inner values unread until asked",
  );
  console.log(
    "text                                   bytes  us/parse     GB/s" +
      "   json-as typed      json-as Value     JSON.parse of V8",
  );
  for (const body of bodies()) {
    const { bytes, shape } = body;
    const length = bytes.length;
    const ptr = place(own, bytes);
    const time = measure((rounds) => own.parse(ptr, length, rounds));
    const there = place(jsonAs, bytes);
    console.log(
      row(body, time, [
        attempt((rounds) => jsonAs.parseTyped(shape, there, length, rounds)),
        attempt((rounds) => jsonAs.parseValue(there, length, rounds)),
        measure((rounds) => parseInV8(bytes, rounds)),
      ]),
    );
  }
}

await main();
