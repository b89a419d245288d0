// GitHub Models: https://docs.github.com/rest/models/inference
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { isFilterNote } from "./compatible-chunk";
import { writeModelList } from "./compatible-models";
import { EncodedBody } from "./encoded-body";
import { HeaderEdits } from "./header-edits";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** GitHub's row. Its back end is Azure's. */
export function githubSpec(): ProviderSpec {
  return new ProviderSpec("github", "models.github.ai")
    .withoutExtensions()
    .chat("/inference")
    .embeddings("/inference")
    .base64Embeddings()
    .serves(Capability.Models, "/catalog/models");
}

/** Sends GitHub's own headers, and makes a list of the catalogue's array of models. */
export class Github extends Provider {
  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    super.authenticate(call, headers, body, bodyLength);
    headers.set("accept", "application/vnd.github+json");
    headers.set("x-github-api-version", "2022-11-28");
  }

  editChunk(call: Call, chunk: Document, edit: JsonEdit): bool {
    return !isFilterNote(chunk);
  }

  readsResponse(call: Call): bool {
    return call.capability == Capability.Models || super.readsResponse(call);
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    if (call.capability != Capability.Models || !response.isArray(response.root())) {
      return super.decodeResponse(call, response, body);
    }
    writeModelList(response, response.root(), "publisher", body.rewrite());
    return null;
  }
}
