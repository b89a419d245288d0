// Any server that speaks OpenAI's API: https://platform.openai.com/docs/api-reference
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** The row of a server of which nothing is known: nothing is left out, and nothing asked for. */
export function genericSpec(): ProviderSpec {
  return new ProviderSpec("generic", "")
    .withoutToken()
    .usageUnasked()
    .developerRole()
    .audioOutput()
    .customTools();
}

/** Serves every capability at the path that the client uses. */
export class Generic extends Provider {
  host(call: Call): string {
    return this.settings.genericHost;
  }

  pathTemplate(capability: Capability): string {
    const own = super.pathTemplate(capability);
    return own.length > 0 ? own : "/";
  }

  path(call: Call): string {
    const has = this.settings.capabilityPaths.has(call.capability);
    return has ? super.path(call) : call.clientPath.replaceAll("\\", "%5C");
  }
}
