// One row of the provider table: what is special about an OpenAI-compatible provider, and nothing else.
import { Capability } from "../routing/capability";

/** How a credential is written into the request. */
export const enum AuthScheme {
  /** `authorization: Bearer <token>` */
  Bearer,
  /** `authorization: <token>` */
  Plain,
  /** `x-api-key: <token>` */
  ApiKey,
}

/** A provider's row. Setters return the row, so that a row reads as one expression. */
export class ProviderSpec {
  private readonly paths: StaticArray<string> = new StaticArray<string>(Capability.Count).fill("");
  /** Members of a chat request that this provider does not take and that mean nothing for the answer. */
  dropped: string[] = [];
  /** Members that have another name here: from, to, from, to, … */
  renamed: string[] = [];
  /** Members that a request is refused for. */
  refused: string[] = [];
  /** The role `developer` is not known here and becomes `system`. */
  knowsDeveloper: bool = false;
  /** `stream_options` is understood, so that usage can be asked for in streams. */
  takesStreamOptions: bool = true;
  /** More than one choice can be asked for. */
  takesSeveralChoices: bool = true;
  /** `response_format` knows JSON schemas; else a schema becomes JSON mode and a system message. */
  takesJsonSchema: bool = true;
  lowestTemperature: f64 = 0;
  highestTemperature: f64 = 2;
  scheme: AuthScheme = AuthScheme.Bearer;
  /** Requests make no sense without a credential. */
  needsToken: bool = true;
  /** An upstream member `reasoning` is named `reasoning_content` for the client. */
  renamesReasoning: bool = false;

  constructor(
    readonly id: string,
    /** Host of the public service, or "" where there is none. */
    readonly host: string,
  ) {}

  /** Says that a capability is there and at which path; `{…}` stand for the client's path parameters. */
  serves(capability: Capability, path: string): ProviderSpec {
    this.paths[capability] = path;
    return this;
  }

  /** Chat completions under a base path such as `/v1`. */
  chat(base: string): ProviderSpec {
    return this.serves(Capability.Chat, base + "/chat/completions");
  }

  completions(base: string): ProviderSpec {
    return this.serves(Capability.Completions, base + "/completions");
  }

  embeddings(base: string): ProviderSpec {
    return this.serves(Capability.Embeddings, base + "/embeddings");
  }

  /** The list of models and one model. */
  models(base: string): ProviderSpec {
    return this.serves(Capability.Models, base + "/models").serves(
      Capability.Model,
      base + "/models/{model}",
    );
  }

  /** Files, one file and its content. */
  files(base: string): ProviderSpec {
    return this.serves(Capability.Files, base + "/files")
      .serves(Capability.File, base + "/files/{file_id}")
      .serves(Capability.FileContent, base + "/files/{file_id}/content");
  }

  batches(base: string): ProviderSpec {
    return this.serves(Capability.Batches, base + "/batches")
      .serves(Capability.Batch, base + "/batches/{batch_id}")
      .serves(Capability.BatchCancel, base + "/batches/{batch_id}/cancel");
  }

  /** The Responses API. */
  responses(base: string): ProviderSpec {
    return this.serves(Capability.Responses, base + "/responses");
  }

  /** The path template of a capability, or "" where the provider does not have it. */
  path(capability: Capability): string {
    return this.paths[capability];
  }

  /** Members that are left out, separated by spaces. */
  drops(names: string): ProviderSpec {
    this.dropped = names.split(" ");
    return this;
  }

  /** Members that are renamed: `from to from to`. */
  renames(pairs: string): ProviderSpec {
    this.renamed = pairs.split(" ");
    return this;
  }

  /** Members that cannot be said to this provider, separated by spaces. */
  refuses(names: string): ProviderSpec {
    this.refused = names.split(" ");
    return this;
  }

  developerRole(): ProviderSpec {
    this.knowsDeveloper = true;
    return this;
  }

  withoutStreamOptions(): ProviderSpec {
    this.takesStreamOptions = false;
    return this;
  }

  oneChoice(): ProviderSpec {
    this.takesSeveralChoices = false;
    return this;
  }

  withoutJsonSchema(): ProviderSpec {
    this.takesJsonSchema = false;
    return this;
  }

  /** The range that `temperature` is fitted to. */
  temperature(lowest: f64, highest: f64): ProviderSpec {
    this.lowestTemperature = lowest;
    this.highestTemperature = highest;
    return this;
  }

  auth(scheme: AuthScheme): ProviderSpec {
    this.scheme = scheme;
    return this;
  }

  withoutToken(): ProviderSpec {
    this.needsToken = false;
    return this;
  }

  reasoningRenamed(): ProviderSpec {
    this.renamesReasoning = true;
    return this;
  }
}
