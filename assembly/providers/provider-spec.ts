// One row of the provider table: what is special about an OpenAI-compatible provider, and nothing
// else.
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

/** A member of a chat request whose number is fitted to a range. */
export class FittedNumber {
  constructor(
    readonly name: string,
    readonly lowest: f64,
    readonly highest: f64,
  ) {}
}

/** A provider's row. Setters return the row, so that a row reads as one expression. */
export class ProviderSpec {
  private readonly paths: StaticArray<string> = new StaticArray<string>(Capability.Count).fill("");
  /**
   * Members of a chat request that this provider does not take and that mean nothing for the
   * answer.
   */
  dropped: string[] = [];
  /** Members that have another name here: from, to, from, to, … */
  renamed: string[] = [];
  /** Members that a request is refused for. */
  refused: string[] = [];
  /** Types of content parts that a request is refused for. */
  refusedParts: string[] = [];
  /** Numbers that are fitted to the provider's range. */
  fitted: FittedNumber[] = [];
  /** The role `developer` is known here; else it becomes `system`. */
  knowsDeveloper: bool = false;
  /** `stream_options` is understood, so that usage can be asked for in streams. */
  takesStreamOptions: bool = true;
  /** Usage is asked for in streams whose client did not. */
  asksForUsage: bool = true;
  /** More than one choice can be asked for. */
  takesSeveralChoices: bool = true;
  /** `response_format` knows JSON schemas; else a schema becomes JSON mode and a system message. */
  takesJsonSchema: bool = true;
  /** Images may be given by a URL on the web; else only by a data URL. */
  takesImageUrls: bool = true;
  /** The answer can be spoken. */
  takesAudioOutput: bool = false;
  /** Tools of type `custom` and choices of type `allowed_tools` are known. */
  takesCustomTools: bool = false;
  /** Members that OpenAI does not know are taken or left alone: `top_k`, reasoning in the history. */
  takesExtensions: bool = true;
  /** `cache_control` in content parts is understood. */
  takesCacheControl: bool = false;
  scheme: AuthScheme = AuthScheme.Bearer;
  /** Requests make no sense without a credential. */
  needsToken: bool = true;
  /** An upstream member `reasoning` is named `reasoning_content` for the client. */
  renamesReasoning: bool = false;
  /** Answers with embeddings are read and mended; else they are only sent on. */
  mendsEmbeddings: bool = false;
  /** Embeddings come as base64 where they are asked for so. */
  knowsBase64: bool = false;
  /** The member of `usage` that counts cached tokens, where it is not OpenAI's. */
  cachedTokensName: string = "";

  constructor(
    readonly id: string,
    /** Host of the public service, or "" where there is none. */
    readonly host: string,
  ) {}

  /**
   * Says that a capability is there and at which path; `{…}` stand for the client's path
   * parameters.
   */
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

  rerank(base: string): ProviderSpec {
    return this.serves(Capability.Rerank, base + "/rerank");
  }

  images(base: string): ProviderSpec {
    return this.serves(Capability.ImageGeneration, base + "/images/generations");
  }

  /** Text from speech. */
  transcriptions(base: string): ProviderSpec {
    return this.serves(Capability.AudioTranscription, base + "/audio/transcriptions");
  }

  /** English text from speech. */
  translations(base: string): ProviderSpec {
    return this.serves(Capability.AudioTranslation, base + "/audio/translations");
  }

  /** Speech from text. */
  speech(base: string): ProviderSpec {
    return this.serves(Capability.AudioSpeech, base + "/audio/speech");
  }

  /** The list of models and one model. */
  models(base: string): ProviderSpec {
    return this.modelList(base).serves(Capability.Model, base + "/models/{model}");
  }

  /** The list of models only. */
  modelList(base: string): ProviderSpec {
    return this.serves(Capability.Models, base + "/models");
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

  /** The Responses API with answers that are stored and can be fetched again. */
  storedResponses(base: string): ProviderSpec {
    return this.responses(base)
      .serves(Capability.Response, base + "/responses/{response_id}")
      .serves(Capability.ResponseInputItems, base + "/responses/{response_id}/input_items");
  }

  /** Anthropic's messages under a base path such as `/v1`. */
  messages(base: string): ProviderSpec {
    return this.serves(Capability.Messages, base + "/messages");
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

  /** Types of content parts that this provider's models cannot take, separated by spaces. */
  refusesParts(types: string): ProviderSpec {
    this.refusedParts = types.split(" ");
    return this;
  }

  /** The range that a number is fitted to. */
  fits(name: string, lowest: f64, highest: f64): ProviderSpec {
    this.fitted.push(new FittedNumber(name, lowest, highest));
    return this;
  }

  /** The range that `temperature` is fitted to. */
  temperature(lowest: f64, highest: f64): ProviderSpec {
    return this.fits("temperature", lowest, highest);
  }

  developerRole(): ProviderSpec {
    this.knowsDeveloper = true;
    return this;
  }

  withoutStreamOptions(): ProviderSpec {
    this.takesStreamOptions = false;
    return this;
  }

  /** Usage of streams is counted only where the client asks for it. */
  usageUnasked(): ProviderSpec {
    this.asksForUsage = false;
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

  withoutImageUrls(): ProviderSpec {
    this.takesImageUrls = false;
    return this;
  }

  audioOutput(): ProviderSpec {
    this.takesAudioOutput = true;
    return this;
  }

  customTools(): ProviderSpec {
    this.takesCustomTools = true;
    return this;
  }

  /** Members that OpenAI does not know are refused. */
  withoutExtensions(): ProviderSpec {
    this.takesExtensions = false;
    return this;
  }

  cacheControl(): ProviderSpec {
    this.takesCacheControl = true;
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

  embeddingsMended(): ProviderSpec {
    this.mendsEmbeddings = true;
    return this;
  }

  base64Embeddings(): ProviderSpec {
    this.knowsBase64 = true;
    return this;
  }

  /** Cached tokens are counted in this member of `usage`. */
  cachedTokensAs(name: string): ProviderSpec {
    this.cachedTokensName = name;
    return this;
  }
}
