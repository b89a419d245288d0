// The OpenAI-compatible endpoint of Vertex AI:
// https://cloud.google.com/vertex-ai/generative-ai/docs/migrate/openai/overview
import { ServiceAccount } from "../../auth/service-account";
import { Document } from "../../json/document";
import { ApiError } from "../../openai/api-error";
import { Capability } from "../../routing/capability";
import { Call } from "../call";
import { EncodedBody } from "../encoded-body";
import { withoutKey } from "../gemini";
import { HeaderEdits } from "../header-edits";
import { NativeError } from "../native-error";
import { Provider } from "../provider";
import { ProviderSettings } from "../provider-settings";
import { ProviderSpec } from "../provider-spec";
import { readVertexError, refineVertexError } from "./vertex-errors";
import { VertexSite } from "./vertex-site";

/** Speaks OpenAI's own protocol with Vertex AI: chat only. */
export class VertexCompatible extends Provider {
  private readonly site: VertexSite;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    this.site = new VertexSite(settings);
  }

  validate(): string {
    return this.site.validate();
  }

  get serviceAccount(): ServiceAccount | null {
    return this.site.account;
  }

  host(call: Call): string {
    return this.site.hostOf(call);
  }

  path(call: Call): string {
    if (this.settings.capabilityPaths.has(call.capability)) return super.path(call);
    if (call.capability == Capability.VertexRaw) return call.clientPath;
    return this.site.path("endpoints/openapi/chat/completions");
  }

  query(call: Call): string {
    return call.capability == Capability.VertexRaw ? withoutKey(call.query) : "";
  }

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    // Models are named after their publishers here.
    if (call.model.startsWith("gemini-")) call.model = "google/" + call.model;
    return super.encodeRequest(call, request, body);
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    this.site.authenticate(call, headers);
  }

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    readVertexError(answer, error);
  }

  refineError(call: Call, error: NativeError): ApiError {
    return refineVertexError(error);
  }
}
