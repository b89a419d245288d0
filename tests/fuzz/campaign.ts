// Runs damaged exchanges one after the other and collects what goes wrong.
import type { RootContext } from "../../host/root-context.ts";
import { run, type RunResult } from "../../host/run.ts";
import type { Vm } from "../../host/vm.ts";
import { WasmHost } from "../../host/wasm-host.ts";
import { PLUGIN } from "../support/envoy.ts";
import { makeCase, type FuzzCase } from "./case.ts";
import { faultOf } from "./faults.ts";
import { withCanary, type Seed } from "./seeds.ts";

const LONGEST_SHOWN = 3000;
/** No case takes that long but where something grows with the square of its input. */
const SLOW_MILLISECONDS = 2000;

/** What went wrong, and how to see it again. */
export interface Finding {
  /** `<fixture>#<index>`; with the same seed it is the same case. */
  readonly name: string;
  readonly fault: string;
  readonly shown: string;
}

/** A VM and what has happened in it. */
export class Campaign {
  readonly findings: Finding[] = [];
  count = 0;
  slowest = 0;
  private vm: Vm;

  private constructor(
    private readonly host: WasmHost,
    vm: Vm,
    private readonly seeds: readonly Seed[],
    private readonly start: number,
  ) {
    this.vm = vm;
  }

  static async begin(seeds: readonly Seed[], start: number): Promise<Campaign> {
    const host = await WasmHost.load(PLUGIN);
    return new Campaign(host, await host.vm(), seeds, start);
  }

  /** Bytes of the module's memory, and contexts that are alive. */
  get size(): { memory: number; contexts: number } {
    return { memory: this.vm.memorySize, contexts: this.vm.contexts.size };
  }

  /** Runs cases of one seed; `from` is the number of the first. Stops at the first fault. */
  async runSeed(seed: Seed, from: number, cases: number): Promise<void> {
    this.vm.logs.length = 0;
    // What a VM remembers of failing tokens must not depend on what ran before.
    this.vm.shared.clear();
    const roots = new Map<string, RootContext>();
    for (let index = from; index < from + cases; ++index) {
      const one = makeCase(this.seeds, seed, this.start, index);
      const begun = performance.now();
      const fault = this.tryOut(roots, seed, one);
      const took = performance.now() - begun;
      this.slowest = Math.max(this.slowest, took);
      ++this.count;
      if (fault === "" && took < SLOW_MILLISECONDS) continue;
      const name = `${seed.fixture.name}#${index}`;
      const what = fault === "" ? `it took ${Math.round(took)} ms` : fault;
      this.findings.push({ name, fault: what, shown: show(one) });
      this.vm = await this.host.vm();
      return;
    }
    for (const root of roots.values()) root.delete();
  }

  private tryOut(roots: Map<string, RootContext>, seed: Seed, one: FuzzCase): string {
    try {
      this.vm.logs.length = 0;
      this.vm.random.seed(1);
      const key = one.isConfigDamaged ? "" : `${one.placement} ${one.isGateway}`;
      const root = roots.get(key) ?? this.vm.configure(one.config, { placement: one.placement });
      const refusal = root.ok ? "" : this.refusalFault(root, one);
      if (refusal !== "" || !root.ok) {
        root.delete();
        return refusal;
      }
      if (key !== "") roots.set(key, root);
      const result = run(root, one.input);
      if (key === "") root.delete();
      const fault = faultOf(seed, one, result);
      return fault === "" ? "" : `${fault}\n${showAnswer(result)}`;
    } catch (error) {
      return (
        String(error) +
        String(error instanceof Error && error.cause instanceof Error ? error.cause.stack : "")
      );
    }
  }

  /** A configuration may be refused, but has to be told why, and without its secrets. */
  private refusalFault({ logs }: RootContext, one: FuzzCase): string {
    const secret = one.secrets.find((own) => logs.some(({ text }) => text.includes(own)));
    if (secret !== undefined) return `a secret in a refusal: ${logs.at(-1)?.text}`;
    return logs.length > 0 ? "" : "a configuration is refused without a word";
  }
}

/** Fixtures whose configuration is fine as it stands: a refusal is then the damage's. */
export async function usable(seeds: readonly Seed[]): Promise<Seed[]> {
  const vm = await (await WasmHost.load(PLUGIN)).vm();
  return seeds.filter(({ config }) => {
    const root = vm.configure(withCanary(config));
    const { ok } = root;
    root.delete();
    return ok;
  });
}

function showAnswer({ response, localReply }: RunResult): string {
  const text = Buffer.from(response.body).toString("utf8").slice(0, LONGEST_SHOWN);
  const reply = localReply === null ? "" : ` (local reply: ${localReply.details})`;
  return `${response.status}${reply} ${JSON.stringify(response.headers)} ${response.reset}\n${text}`;
}

function show({ config, placement, request, input }: FuzzCase): string {
  const answer = input.upstream?.({ method: "", path: "", host: "", headers: [], body: NOTHING });
  const text = (body: Uint8Array | null | undefined): string =>
    Buffer.from(body ?? [])
      .toString("utf8")
      .slice(0, LONGEST_SHOWN);
  const lines = [
    `${placement}: ${typeof config === "string" ? config : JSON.stringify(config)}`,
    `${request.method} ${request.path} ${JSON.stringify(request.headers)}`,
    text(request.body),
    `--- ${answer?.status} ${JSON.stringify(answer?.headers)} ${answer?.reset ?? false}`,
    text(answer?.body),
    `--- ${JSON.stringify([input.requestArrival, input.responseArrival]).slice(0, 300)}`,
  ];
  return lines.join("\n");
}

const NOTHING = new Uint8Array(0);
