// An Envoy for tests: a listener per plugin configuration, free ports, ready in a fraction of a second.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findEnvoy } from "../../cli/envoy-binary.ts";
import { launchEnvoy, type LaunchOptions } from "../../cli/envoy-process.ts";

/** The plugin under test: the variable PLUGIN, else the release build. */
export const PLUGIN =
  process.env.PLUGIN ?? fileURLToPath(new URL("../../build/plugin.wasm", import.meta.url));

const MIB = 1024 * 1024;

// A test run that is stopped from outside still takes its Envoys with it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(1));
}

export interface ListenerOptions {
  /** The plugin configuration; a string is sent as it is, anything else as JSON. */
  config: unknown;
  /** The provider's port on the loopback interface. */
  upstreamPort: number;
  /** HTTP filters that stand before the plugin. */
  filters?: object[];
  /** Members added to the route action, for instance a retry policy. */
  route?: object;
  /** Members added to the cluster, for instance filters of its own. */
  cluster?: object;
}

export interface EnvoyOptions {
  listeners: ListenerOptions[];
  /** What a listener and a cluster may buffer, in bytes. */
  bufferLimit?: number;
  concurrency?: number;
  /** The Envoy to run; the one that is found unless given. */
  binary?: string;
  /** Environment variables that the plugin sees. */
  environment?: Record<string, string>;
  pluginLogLevel?: LaunchOptions["pluginLogLevel"];
}

export interface TestEnvoy {
  /** The listeners' ports, in the order in which they were given. */
  ports: number[];
  adminPort: number;
  pid: number;
  /** Everything Envoy has written so far: its log and the access log, a JSON object per line. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts an Envoy; rejects with the reason from its log where a configuration is refused. */
export function startEnvoy(options: EnvoyOptions): Promise<TestEnvoy> {
  return startEnvoyWith(bootstrap(options), options);
}

/** Starts an Envoy with a whole bootstrap, for what `startEnvoy` has no option for. */
export async function startEnvoyWith(
  config: { static_resources: { listeners: { name: string }[] } },
  options: Pick<EnvoyOptions, "binary" | "concurrency" | "environment" | "pluginLogLevel"> = {},
): Promise<TestEnvoy> {
  const folder = mkdtempSync(join(tmpdir(), "envoy-test-"));
  const configFile = join(folder, "envoy.json");
  const logFile = join(folder, "envoy.log");
  writeFileSync(configFile, JSON.stringify(config));
  try {
    const { concurrency, environment, pluginLogLevel } = options;
    const binary = options.binary ?? (await findEnvoy());
    const launch = { binary, configFile, logFile, concurrency, environment, pluginLogLevel };
    const { adminPort, pid, ports, stop } = await launchEnvoy(launch);
    let lastLog: string | null = null;
    return {
      ports: config.static_resources.listeners.map(({ name }) => ports.get(name) ?? 0),
      adminPort,
      pid,
      log: () => lastLog ?? readFileSync(logFile, "utf8"),
      stop: async () => {
        await stop();
        lastLog ??= readFileSync(logFile, "utf8");
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A bootstrap with one listener and one cluster per plugin configuration, all in one VM. */
export function bootstrap(options: EnvoyOptions) {
  const limit = options.bufferLimit ?? 32 * MIB;
  const environment = options.environment ?? {};
  return {
    admin: { address: loopback(0) },
    static_resources: {
      listeners: options.listeners.map((listener, index) => ({
        name: `listener-${index}`,
        address: loopback(0),
        per_connection_buffer_limit_bytes: limit,
        filter_chains: [{ filters: [connectionManager(listener, index, environment)] }],
      })),
      clusters: options.listeners.map(({ upstreamPort, cluster }, index) => ({
        name: `upstream-${index}`,
        type: "STATIC",
        connect_timeout: "5s",
        per_connection_buffer_limit_bytes: limit,
        load_assignment: {
          cluster_name: `upstream-${index}`,
          endpoints: [{ lb_endpoints: [{ endpoint: { address: loopback(upstreamPort) } }] }],
        },
        ...cluster,
      })),
    },
  };
}

function loopback(port_value: number) {
  return { socket_address: { address: "127.0.0.1", port_value } };
}

function connectionManager(
  listener: ListenerOptions,
  index: number,
  environment: Record<string, string>,
) {
  const route = { cluster: `upstream-${index}`, timeout: "0s", ...listener.route };
  const routes = [{ match: { prefix: "/" }, route }];
  const plugin = pluginFilter(`plugin-${index}`, listener.config, environment);
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      "@type": extension("filters.network.http_connection_manager.v3.HttpConnectionManager"),
      stat_prefix: `listener-${index}`,
      access_log: [ACCESS_LOG],
      http_filters: [...(listener.filters ?? []), plugin, ROUTER],
      route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes }] },
    },
  };
}

/** The plugin as an HTTP filter, for a listener's or a cluster's chain. */
export function pluginFilter(
  name: string,
  config: unknown,
  environment: Record<string, string> = {},
) {
  const value = typeof config === "string" ? config : JSON.stringify(config);
  return {
    name: "envoy.filters.http.wasm",
    typed_config: {
      "@type": extension("filters.http.wasm.v3.Wasm"),
      config: {
        name,
        root_id: name,
        allow_on_headers_stop_iteration: true,
        failure_policy: "FAIL_RELOAD",
        configuration: { "@type": "type.googleapis.com/google.protobuf.StringValue", value },
        vm_config: {
          vm_id: "ai-proxy",
          runtime: "envoy.wasm.runtime.v8",
          code: { local: { filename: PLUGIN } },
          environment_variables: { key_values: environment },
        },
      },
    },
  };
}

function extension(name: string): string {
  return `type.googleapis.com/envoy.extensions.${name}`;
}

const ROUTER = {
  name: "envoy.filters.http.router",
  typed_config: { "@type": extension("filters.http.router.v3.Router") },
};

const ACCESS_LOG = {
  name: "envoy.access_loggers.stdout",
  typed_config: {
    "@type": extension("access_loggers.stream.v3.StdoutAccessLog"),
    log_format: {
      omit_empty_values: true,
      json_format: {
        status: "%RESPONSE_CODE%",
        flags: "%RESPONSE_FLAGS%",
        details: "%RESPONSE_CODE_DETAILS%",
        llm_model: "%FILTER_STATE(wasm.llm_model:PLAIN)%",
        ai_log: "%FILTER_STATE(wasm.ai_log:PLAIN)%",
      },
    },
  },
};
