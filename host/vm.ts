// One instance of the module with its contexts, behaving as a worker's VM in Envoy does:
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/wasm
import { BodyStatus, HeadersStatus, LogLevel, TrailersStatus } from "./abi.ts";
import type { Context, LogLine } from "./context.ts";
import type { Sign } from "./foreign-functions.ts";
import { GuestMemory } from "./guest-memory.ts";
import { hostImports } from "./host-imports.ts";
import { Metrics } from "./metrics.ts";
import { Random } from "./random.ts";
import { RootContext, type RootOptions } from "./root-context.ts";
import { SharedStore } from "./shared-store.ts";

/** What a VM finds around it; everything has a default. */
export interface VmOptions {
  /** What WASI tells as environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly vmId?: string;
  /** Seconds since 1970; the clock stands there until it is set. */
  readonly clock?: number;
  readonly seed?: number;
  /** A store shared with other VMs. */
  readonly shared?: SharedStore;
  /** Clusters that a call may name; any, unless given. */
  readonly clusters?: readonly string[];
  /** The lowest level the host logs, as the module may ask. */
  readonly logLevel?: number;
  /** Signs for the foreign function `sign`; without it the function is not found. */
  readonly sign?: Sign;
  /** Whether a violation ends the test at once (as it does unless false) or is only recorded. */
  readonly strict?: boolean;
}

/** The module trapped: in Envoy every stream of this VM would fail. */
export class GuestTrap extends Error {}

/** The module did what Envoy forbids, ignores, or answers with something broken. */
export class HostViolation extends Error {}

/** What came of a callback. */
export interface CallResult {
  /** What the callback answered; null where the module does not have it. */
  readonly result: number | null;
  /** Whether a local reply overrules the answer. */
  readonly stopped: boolean;
}

const DEFAULT_CLOCK = 1735787045;

/** An instance of the module, its contexts, and everything they have in common. */
export class Vm {
  readonly contexts = new Map<number, Context>();
  readonly logs: LogLine[] = [];
  readonly violations: string[] = [];
  readonly metrics = new Metrics();
  readonly shared: SharedStore;
  readonly random: Random;
  readonly env: Readonly<Record<string, string>>;
  readonly vmId: string;
  readonly logLevel: number;
  readonly sign: Sign | null;
  /** Nanoseconds since 1970. */
  clock: bigint;
  /** Whether the module trapped. */
  failed = false;
  /** Set by a local reply: whatever the running callback answers, its stream stops. */
  stopNext = false;
  /** Whether the module's allocator runs, which may not call the host. */
  allocating = false;

  private exports: WebAssembly.Exports = {};
  private guestMemory: GuestMemory | null = null;
  private current: Context | null = null;
  private effective: Context | null = null;
  private callback = "";
  private actions: (() => void)[] = [];
  private thrown = 0;
  private lastContextId = 0;
  private lastCallToken = 0;
  private readonly clusters: ReadonlySet<string> | null;
  private readonly strict: boolean;

  private constructor(options: VmOptions) {
    this.shared = options.shared ?? new SharedStore();
    this.random = new Random(options.seed ?? 1);
    this.env = options.env ?? {};
    this.vmId = options.vmId ?? "";
    this.logLevel = options.logLevel ?? LogLevel.Trace;
    this.sign = options.sign ?? null;
    this.clock = BigInt(options.clock ?? DEFAULT_CLOCK) * 1_000_000_000n;
    this.clusters = options.clusters === undefined ? null : new Set(options.clusters);
    this.strict = options.strict ?? true;
  }

  /** Instantiates a compiled module and runs its start. */
  static async create(
    module: WebAssembly.Module,
    options: VmOptions = {},
    imports: (vm: Vm) => WebAssembly.Imports = hostImports,
  ): Promise<Vm> {
    const vm = new Vm(options);
    const instance = await WebAssembly.instantiate(module, imports(vm));
    vm.begin(instance.exports);
    return vm;
  }

  /** Makes a root context for a configuration (JSON text, or an object to be written as such). */
  configure(configuration: unknown, options: RootOptions = {}): RootContext {
    const root = new RootContext(this, this.nextContextId(), options);
    root.start(typeof configuration === "string" ? configuration : JSON.stringify(configuration));
    return root;
  }

  /** The module's memory. */
  get memory(): GuestMemory {
    if (this.guestMemory === null) throw new Error("the module has no memory yet");
    return this.guestMemory;
  }

  /** Bytes of the module's memory. */
  get memorySize(): number {
    const memory = this.exports["memory"];
    return memory instanceof WebAssembly.Memory ? memory.buffer.byteLength : 0;
  }

  /** The context that a host call concerns. */
  get context(): Context {
    const context = this.effective ?? this.current;
    if (context === null) throw new Error("a host call outside of every callback");
    return context;
  }

  /** Chooses the context that later host calls of this callback concern. */
  setEffective(id: number): boolean {
    const context = this.contexts.get(id);
    if (context === undefined) return false;
    this.effective = context;
    return true;
  }

  /** An id that no context had. */
  nextContextId(): number {
    return ++this.lastContextId;
  }

  /** A number that no call had. */
  nextCallToken(): number {
    return ++this.lastCallToken;
  }

  /** Whether a call may name this cluster. */
  hasCluster(name: string): boolean {
    return this.clusters === null || this.clusters.has(name);
  }

  /** Keeps a line with the context that is current. */
  log(level: number, text: string): void {
    this.logs.push({ level, text, context: (this.effective ?? this.current)?.id ?? 0 });
  }

  /** Keeps what was done wrong; a strict VM throws it when the callback has returned. */
  violation(text: string): void {
    this.violations.push(this.callback === "" ? text : `${this.callback}: ${text}`);
  }

  /** Does something once the running callback has returned. */
  afterCall(action: () => void): void {
    this.actions.push(action);
  }

  /** Calls an export; its host calls concern `context`. */
  call(context: Context, name: string, ...args: number[]): CallResult {
    if (this.failed) throw new GuestTrap(`${name}: the module trapped before`);
    const callback = this.exports[name];
    const before = [this.current, this.effective, this.callback] as const;
    [this.current, this.effective, this.callback] = [context, null, name];
    let result: number | null = null;
    try {
      if (typeof callback === "function") result = Number(callback(...args) ?? 0);
    } catch (error) {
      this.failed = true;
      throw new GuestTrap(`${name} trapped: ${this.lastWords(error)}`, { cause: error });
    } finally {
      [this.current, this.effective, this.callback] = before;
    }
    const stopped = this.stopNext;
    this.stopNext = false;
    this.act();
    this.throwViolations();
    return { result, stopped };
  }

  /** Calls a headers callback; the answer as Envoy understands it. */
  callHeaders(context: Context, name: string, count: number, end: boolean, holds: boolean): number {
    const { result, stopped } = this.call(context, name, context.id, count, end ? 1 : 0);
    if (stopped) return HeadersStatus.StopAllIterationAndWatermark;
    const known = Object.values(HeadersStatus).find((status) => status === (result ?? 0));
    if (known === undefined) {
      this.violation(`${name} answered ${result}`);
      return HeadersStatus.Continue;
    }
    const stopsAll = known === HeadersStatus.StopIteration && !holds;
    return stopsAll ? HeadersStatus.StopAllIterationAndWatermark : known;
  }

  /** Calls a body callback; the answer as Envoy understands it. */
  callBody(context: Context, name: string, length: number, end: boolean): number {
    const { result, stopped } = this.call(context, name, context.id, length, end ? 1 : 0);
    if (stopped) return BodyStatus.StopIterationNoBuffer;
    const known = Object.values(BodyStatus).find((status) => status === (result ?? 0));
    if (known === undefined) this.violation(`${name} answered ${result}`);
    return known ?? BodyStatus.StopIterationNoBuffer;
  }

  /** Calls a trailers callback. */
  callTrailers(context: Context, name: string, count: number): number {
    const { result, stopped } = this.call(context, name, context.id, count);
    return stopped ? TrailersStatus.StopIteration : (result ?? TrailersStatus.Continue);
  }

  private begin(exports: WebAssembly.Exports): void {
    this.exports = exports;
    const memory = exports["memory"];
    const allocate = exports["malloc"] ?? exports["proxy_on_memory_allocate"];
    if (!(memory instanceof WebAssembly.Memory) || typeof allocate !== "function") {
      throw new Error("the module exports no memory or no allocator");
    }
    if (typeof exports["proxy_abi_version_0_2_1"] !== "function") {
      throw new Error("the module does not export proxy_abi_version_0_2_1");
    }
    this.guestMemory = new GuestMemory(memory, (length) =>
      this.allocate(allocate as (length: number) => number, length),
    );
    const start = exports["_initialize"] ?? exports["_start"];
    if (typeof start === "function") start();
  }

  private allocate(allocate: (length: number) => number, length: number): number {
    this.allocating = true;
    try {
      return allocate(length) >>> 0;
    } finally {
      this.allocating = false;
    }
  }

  private act(): void {
    for (let action = this.actions.shift(); action !== undefined; action = this.actions.shift()) {
      action();
    }
  }

  private throwViolations(): void {
    if (!this.strict || this.violations.length === this.thrown) return;
    const fresh = this.violations.slice(this.thrown);
    this.thrown = this.violations.length;
    throw new HostViolation(fresh.join("\n"));
  }

  private lastWords(error: unknown): string {
    const said = this.logs.findLast((line) => line.level >= LogLevel.Critical);
    return said === undefined ? String(error) : `${String(error)} (${said.text})`;
  }
}
