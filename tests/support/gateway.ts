// A gateway in a real Envoy, from what a gateway file says.
import { stringify } from "yaml";
import { staticBootstrap } from "../../cli/gateway/bootstrap.ts";
import type { EnvoyVersion } from "../../cli/gateway/envoy-parts.ts";
import { readGatewayFile } from "../../cli/gateway/gateway-file.ts";
import { type Gateway, variablesOf } from "../../cli/gateway/gateway.ts";
import { checkGateway } from "../../cli/gateway/plugin-vm.ts";
import { PLUGIN, startEnvoyWith, type TestEnvoy } from "./envoy.ts";

/** An Envoy that is not the one that is found, and its version. */
export interface OtherEnvoy {
  binary: string;
  version: EnvoyVersion;
}

/** Starts it on free ports. `environment`: the variables that the file names. */
export async function startGateway(
  gateway: Gateway,
  environment: Record<string, string> = {},
  concurrency = 1,
  other?: OtherEnvoy,
): Promise<TestEnvoy> {
  const own = { ...gateway, listen: "127.0.0.1:0", admin: "127.0.0.1:0" };
  const checked = await checkGateway(readGatewayFile(stringify(own), "gateway.yaml"), PLUGIN);
  const options = { plugin: PLUGIN, variables: variablesOf(own), envoy: other?.version };
  const config = staticBootstrap(own, checked.authorities, options);
  return startEnvoyWith(config, { environment, concurrency, binary: other?.binary });
}
