// An Envoy whose one listener comes from a file that a test can swap, as a control plane would.
// https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bootstrap, startEnvoyWith, type EnvoyOptions, type TestEnvoy } from "./envoy.ts";

const LISTENER = "type.googleapis.com/envoy.config.listener.v3.Listener";

/** An Envoy with a plugin configuration that changes while it runs. */
export class UpdatedEnvoy {
  private constructor(
    readonly envoy: TestEnvoy,
    private readonly folder: string,
    private readonly upstreamPort: number,
  ) {}

  static async start(
    config: unknown,
    upstreamPort: number,
    options: Pick<EnvoyOptions, "concurrency"> = {},
  ): Promise<UpdatedEnvoy> {
    const folder = mkdtempSync(join(tmpdir(), "listener-"));
    const whole = writeListener(folder, config, upstreamPort);
    const path = join(folder, "listeners.json");
    const lds_config = { resource_api_version: "V3", path_config_source: { path } };
    const start = {
      ...whole,
      node: { id: "test", cluster: "test" },
      dynamic_resources: { lds_config },
      static_resources: { listeners: [], clusters: whole.static_resources.clusters },
    };
    const envoy = await startEnvoyWith(start as unknown as ReturnType<typeof bootstrap>, options);
    return new UpdatedEnvoy(envoy, folder, upstreamPort);
  }

  /** Swaps the configuration and waits until Envoy has taken it. */
  async update(config: unknown): Promise<void> {
    const name = "listener_manager.lds.update_success";
    const count = await this.statistic(name);
    writeListener(this.folder, config, this.upstreamPort);
    while ((await this.statistic(name)) === count) await sleep(10);
  }

  /** The listener's port; a listener that is only being drained has none. */
  async port(): Promise<number> {
    const url = `http://127.0.0.1:${this.envoy.adminPort}/listeners?format=json`;
    const status = (await (await fetch(url)).json()) as {
      listener_statuses: { local_address: { socket_address: { port_value: number } } }[];
    };
    return status.listener_statuses[0]?.local_address.socket_address.port_value ?? 0;
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async statistic(name: string): Promise<number> {
    const url = `http://127.0.0.1:${this.envoy.adminPort}/stats?filter=${name}`;
    const text = await (await fetch(url)).text();
    return Number(/: (\d+)$/m.exec(text)?.[1]);
  }
}

function writeListener(folder: string, config: unknown, upstreamPort: number) {
  const whole = bootstrap({ listeners: [{ config, upstreamPort }] });
  const resources = whole.static_resources.listeners.map((own) => ({ "@type": LISTENER, ...own }));
  const fresh = join(folder, "listeners.json.new");
  writeFileSync(fresh, JSON.stringify({ version_info: String(Math.random()), resources }));
  renameSync(fresh, join(folder, "listeners.json"));
  return whole;
}
