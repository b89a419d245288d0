// The probe in a VM, and short ways to talk to it and to read what it said.
import { compileProbe } from "./compile-probe.ts";
import type { Exchange } from "../../host/exchange.ts";
import type { HeaderPairs } from "../../host/header-map.ts";
import type { RootOptions } from "../../host/root-context.ts";
import { run, type RunInput, type RunResult } from "../../host/run.ts";
import type { Vm, VmOptions } from "../../host/vm.ts";
import { WasmHost } from "../../host/wasm-host.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Beginning of a script that holds the request's headers until its body has come. */
export const HOLDS = "request_headers=ret:1,del:content-length;";

/** A VM of the probe with one configuration. */
export interface Probe {
  readonly vm: Vm;
  /** Runs a request whose header tells the probe what to do. */
  go(script: string, input?: Partial<RunInput>): RunResult;
}

let loaded: Promise<WasmHost> | null = null;

/** A VM of the probe without any configuration; the probe is compiled once. */
export async function probeVm(options: VmOptions = {}): Promise<Vm> {
  loaded ??= WasmHost.load(compileProbe());
  return (await loaded).vm(options);
}

/** The probe with one configuration, behind it a provider that repeats what it got. */
export async function probe(options: VmOptions = {}, root: RootOptions = {}): Promise<Probe> {
  const vm = await probeVm(options);
  const context = vm.configure("one", root);
  return {
    vm,
    go: (script, input = {}) =>
      run(context, {
        request: { path: "/", headers: [["x-do", script]], body: encoder.encode("hello") },
        upstream: ({ body }) => ({ body: encoder.encode(`got ${decoder.decode(body)}`) }),
        requestArrival: { cuts: [2], endAlone: true },
        ...input,
      }),
  };
}

/** What the probe logged. */
export function said(result: RunResult): string[] {
  return result.logs.map((line) => line.text);
}

/** The body that the client got, as text. */
export function bodyText(result: RunResult): string {
  return decoder.decode(result.response.body);
}

/** Sends the headers of a request with a script. */
export function startExchange(exchange: Exchange, script: string, end = false): void {
  const headers: HeaderPairs = [
    [":method", "POST"],
    [":path", "/"],
    [":authority", "gateway.test"],
    ["x-do", script],
  ];
  exchange.requestHeaders(headers, end);
}
