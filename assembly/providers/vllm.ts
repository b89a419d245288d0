// A vLLM server of one's own: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
import { Call } from "./call";
import { CustomUrl } from "./custom-url";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";

/**
 * The row of vLLM; the host is that of a service in the cluster unless the configuration names one.
 */
export function vllmSpec(): ProviderSpec {
  return new ProviderSpec("vllm", "vllm-service.cluster.local")
    .withoutToken()
    .audioOutput()
    .customTools()
    .reasoningRenamed()
    .chat("/v1")
    .completions("/v1")
    .embeddings("/v1")
    .base64Embeddings()
    .rerank("/v1")
    .models("/v1")
    .responses("/v1")
    .transcriptions("/v1")
    .translations("/v1");
}

/** Finds the server by a URL or by its host. */
export class Vllm extends Provider {
  private readonly customUrl: CustomUrl;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    this.customUrl = new CustomUrl(settings.vllmCustomUrl);
  }

  validate(): string {
    return this.customUrl.isBroken() ? "vllmCustomUrl: expected a URL with a host" : "";
  }

  host(call: Call): string {
    if (this.customUrl.host.length > 0) return this.customUrl.host;
    const host = this.settings.vllmServerHost;
    return host.length > 0 ? host : super.host(call);
  }

  path(call: Call): string {
    const path = super.path(call);
    if (this.settings.capabilityPaths.has(call.capability)) return path;
    return this.customUrl.pathOf(path);
  }
}
