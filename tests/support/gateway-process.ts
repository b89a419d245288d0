// `envoy-ai-proxy run` as a process of its own, by what it writes.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../cli/envoy-ai-proxy.mjs", import.meta.url));

const SAID_WITHIN_MS = 60_000;

export class GatewayProcess {
  output = "";

  private constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (text: Buffer) => (this.output += text.toString()));
    }
  }

  /** Resolves once it serves. */
  static async start(args: string[], environment: Record<string, string>): Promise<GatewayProcess> {
    const env = { ...process.env, ...environment };
    const own = new GatewayProcess(spawn(process.execPath, [CLI, "run", ...args], { env }));
    await own.said(/Ready: (\S+)/);
    return own;
  }

  /** What has been written behind `from`, as soon as it fits. */
  async said(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    const deadline = Date.now() + SAID_WITHIN_MS;
    for (;;) {
      const found = pattern.exec(this.output.slice(from));
      if (found !== null) return found;
      assert.equal(this.child.exitCode, null, this.output);
      assert.ok(Date.now() < deadline, `nothing like ${String(pattern)} in:\n${this.output}`);
      await sleep(20);
    }
  }

  /** Ends it as Ctrl-C does; resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null) {
      this.child.kill("SIGTERM");
      await new Promise((done) => this.child.once("exit", done));
    }
    return this.child.exitCode;
  }
}
