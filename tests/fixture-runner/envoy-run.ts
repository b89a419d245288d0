// Runs fixtures in a real Envoy: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/wasm_filter
import { request as httpRequest } from "node:http";
import { bootstrap, startEnvoyWith, type TestEnvoy } from "../support/envoy.ts";
import type { SeenResponse } from "./compare.ts";
import { compareOutcome } from "./compare.ts";
import type { Fixture } from "./fixture.ts";
import { clientRequest, providerResponse, type ProviderResponse } from "./messages.ts";
import { headerPairs, ProviderStub } from "./provider-stub.ts";

const TIMEOUT_MS = 10_000;
const LOG_LINES = 20;

/** One Envoy with a listener for each different configuration of its fixtures. */
export class EnvoyRun {
  private constructor(
    private readonly envoy: TestEnvoy,
    private readonly stub: ProviderStub,
    private readonly configurations: readonly string[],
  ) {}

  /** Starts the stub and Envoy; rejects with the reason where a configuration is refused. */
  static async start(fixtures: readonly Fixture[]): Promise<EnvoyRun> {
    const stub = await ProviderStub.start();
    try {
      const configurations = [...new Set(fixtures.map(configuration))];
      const config = bootstrap({
        listeners: configurations.map((text) => ({ config: text, upstreamPort: stub.port })),
      });
      const clusters = config.static_resources.clusters as object[];
      clusters.push(...callClusters(fixtures, stub.port));
      const envoy = await startEnvoyWith(config, { concurrency: 1, pluginLogLevel: "info" });
      return new EnvoyRun(envoy, stub, configurations);
    } catch (error) {
      stub.stop();
      throw error;
    }
  }

  /** Sends the fixture's request and throws an Error that lists every difference. */
  async check(fixture: Fixture): Promise<void> {
    const port = this.envoy.ports[this.configurations.indexOf(configuration(fixture))] ?? 0;
    const logged = this.envoy.log().length;
    this.stub.expect(providerResponse(fixture), callResponses(fixture));
    const response = await sendRequest(port, fixture);
    const upstreamRequest = this.stub.seen[0] ?? null;
    const found = compareOutcome(fixture, { upstreamRequest, response });
    if (this.stub.seen.length > 1) found.push(`${this.stub.seen.length} requests were sent`);
    if (found.length === 0) return;
    const log = this.envoy.log().slice(logged).trim().split("\n").slice(-LOG_LINES);
    throw new Error([`${fixture.name}:`, ...found, "Envoy's log:", ...log].join("\n  "));
  }

  /** Ends both. */
  async stop(): Promise<void> {
    await this.envoy.stop();
    this.stub.stop();
  }
}

function configuration(fixture: Fixture): string {
  return JSON.stringify(fixture.content.config);
}

// The clusters that filters call themselves; they all lead to the stub.
function callClusters(fixtures: readonly Fixture[], port: number): object[] {
  const calls = fixtures.flatMap((fixture) => fixture.content.calls ?? []);
  const names = new Set(calls.map((call) => call.cluster));
  return [...names].map((name) => {
    const address = { socket_address: { address: "127.0.0.1", port_value: port } };
    const endpoints = [{ lb_endpoints: [{ endpoint: { address } }] }];
    return { name, type: "STATIC", load_assignment: { cluster_name: name, endpoints } };
  });
}

function callResponses(fixture: Fixture): Map<string, ProviderResponse> {
  const calls = fixture.content.calls ?? [];
  return new Map(
    calls.map(({ path, response: { status, headers, body } }) => {
      const text = typeof body === "string" ? body : JSON.stringify(body ?? "");
      const pairs = Object.entries(headers ?? {});
      const answer = { status: status ?? 200, headers: pairs, body: Buffer.from(text) };
      return [path, { ...answer, streamed: false }];
    }),
  );
}

function sendRequest(port: number, fixture: Fixture): Promise<SeenResponse> {
  const { method, path, host, headers, body } = clientRequest(fixture);
  const length = body === null ? {} : { "content-length": String(body.length) };
  const all = { host, ...Object.fromEntries(headers), ...length };
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, headers: all, agent: false };
    const request = httpRequest(options, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", () => undefined);
      response.on("close", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: headerPairs(response.rawHeaders),
          body: Buffer.concat(pieces),
          reset: response.complete ? null : "the connection closed early",
        }),
      );
    });
    request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
    request.end(body ?? undefined);
  });
}
