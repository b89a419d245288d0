// A gateway in a real Envoy, from what a gateway file says.
import { stringify } from "yaml";
import { staticBootstrap } from "../../cli/gateway/bootstrap.ts";
import { readGatewayFile } from "../../cli/gateway/gateway-file.ts";
import { type Gateway, variablesOf } from "../../cli/gateway/gateway.ts";
import { checkGateway } from "../../cli/gateway/plugin-vm.ts";
import { PLUGIN, startEnvoyWith, type TestEnvoy } from "./envoy.ts";

/** Starts it on free ports. `environment`: the variables that the file names. */
export async function startGateway(
  gateway: Gateway,
  environment: Record<string, string> = {},
  concurrency = 1,
): Promise<TestEnvoy> {
  const own = { ...gateway, listen: "127.0.0.1:0", admin: "127.0.0.1:0" };
  const checked = await checkGateway(readGatewayFile(stringify(own), "gateway.yaml"), PLUGIN);
  const options = { plugin: PLUGIN, variables: variablesOf(own) };
  const config = staticBootstrap(own, checked.authorities, options);
  return startEnvoyWith(config, { environment, concurrency });
}
