// Anthropic's Claude: OpenAI's chat over the Messages API, and that API itself:
// https://docs.claude.com/en/api/messages
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { writeModelList, writeOneModel } from "./claude/claude-catalog";
import { classOfClaude, readDetails } from "./claude/claude-errors";
import { ClaudeDialect, ClaudeRequest } from "./claude/claude-request";
import { ClaudeResponse } from "./claude/claude-response";
import { ClaudeStream } from "./claude/claude-stream";
import { EncodedBody } from "./encoded-body";
import { errorOf } from "./error-classes";
import { HeaderEdits } from "./header-edits";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";
import { StreamTranslator } from "./stream-translator";

/** The version of the API that is spoken unless another is configured. */
const DEFAULT_VERSION: string = "2023-06-01";
/** What an access token of OAuth begins with; keys of the API begin with `sk-ant-api`. */
const ACCESS_TOKEN_PREFIX: string = "sk-ant-oat";
const OAUTH_BETA: string = "oauth-2025-04-20";
const FILES_BETA: string = "files-api-2025-04-14";
/** Headers of Anthropic's command-line client. */
const CODE_MODE_BETAS: string =
  "oauth-2025-04-20,interleaved-thinking-2025-05-14,claude-code-20250219";
const CODE_MODE_AGENT: string = "claude-cli/2.1.2 (external, cli)";
const CODE_MODE_QUERY: string = "beta=true";
/** All models in one page: the default page has 20. */
const LIST_QUERY: string = "limit=1000";

/** Notes of a call for its answer. */
const enum Note {
  /** The answer comes as the input of a tool. */
  AnswersByTool = 1,
  /** A file is named by its id. */
  UsesFiles = 2,
}

const REQUEST: ClaudeRequest = new ClaudeRequest();

/** The row of Claude. */
export function claudeSpec(): ProviderSpec {
  return new ProviderSpec("claude", "api.anthropic.com")
    .serves(Capability.Chat, "/v1/messages")
    .serves(Capability.Messages, "/v1/messages")
    .serves(Capability.CountTokens, "/v1/messages/count_tokens")
    .models("/v1");
}

/** Speaks the Messages API. */
export class Claude extends Provider {
  private readonly dialect: ClaudeDialect;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    const version = settings.apiVersion;
    const dialect = new ClaudeDialect(version.length > 0 ? version : DEFAULT_VERSION);
    dialect.responseFormat = settings.responseJsonSchema;
    dialect.defaultMaxTokens = settings.defaultMaxTokens;
    dialect.isCodeMode = settings.claudeCodeMode;
    this.dialect = dialect;
  }

  query(call: Call): string {
    const query = call.query;
    if (call.capability == Capability.Models && query.length == 0) return LIST_QUERY;
    if (!this.settings.claudeCodeMode || call.capability == Capability.Models) return query;
    if (query.length == 0) return CODE_MODE_QUERY;
    return `&${query}&`.includes(`&${CODE_MODE_QUERY}&`) ? query : `${query}&${CODE_MODE_QUERY}`;
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    if (call.capability != Capability.Chat) return super.encodeRequest(call, request, body);
    const error = REQUEST.write(this.dialect, call.model, request, body.rewrite());
    call.note = REQUEST.answersByTool ? Note.AnswersByTool : 0;
    if (REQUEST.usesFiles) call.note |= Note.UsesFiles;
    return error;
  }

  /** A request in Anthropic's own format keeps its text, but for the model. */
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    if (call.model != call.requestedModel) edit.setString(request.root(), "model", call.model);
    return null;
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    const isOwnVersion = call.capability != Capability.Chat && call.clientVersion.length > 0;
    headers.set("anthropic-version", isOwnVersion ? call.clientVersion : this.dialect.version);
    const isAccessToken = call.token.startsWith(ACCESS_TOKEN_PREFIX);
    let betas = (call.note & Note.UsesFiles) != 0 ? FILES_BETA : "";
    if (this.settings.claudeCodeMode) {
      betas = join(CODE_MODE_BETAS, betas);
      headers.set("user-agent", CODE_MODE_AGENT);
      headers.set("x-app", "cli");
    } else if (isAccessToken) {
      betas = join(OAUTH_BETA, betas);
    }
    if (betas.length > 0) headers.set("anthropic-beta", join(call.clientBeta, betas));
    if (call.token.length == 0) return;
    // Of two credentials the key would win: exactly one is sent.
    const isBearer = isAccessToken || this.settings.claudeCodeMode;
    if (isBearer) headers.set("authorization", "Bearer " + call.token);
    else headers.set("x-api-key", call.token);
  }

  // Response

  readsResponse(call: Call): bool {
    switch (call.capability) {
      case Capability.Chat:
      case Capability.Models:
      case Capability.Model:
        return true;
      default:
        return false;
    }
  }

  speaksOpenAi(): bool {
    return false;
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    const out = body.rewrite();
    switch (call.capability) {
      case Capability.Models:
        return writeModelList(response, this.id, new JsonWriter(out));
      case Capability.Model:
        return writeOneModel(response, this.id, new JsonWriter(out));
      default:
        return new ClaudeResponse(call, response, answersByTool(call), out).write(this.id);
    }
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    return new ClaudeStream(this, call, answersByTool(call));
  }

  // Errors

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    readDetails(answer, error);
  }

  refineError(call: Call, error: NativeError): ApiError {
    return errorOf(classOfClaude(error), error);
  }
}

function answersByTool(call: Call): bool {
  return (call.note & Note.AnswersByTool) != 0;
}

/** Joins two lists of betas; what is in both stands once. */
function join(list: string, more: string): string {
  const values: string[] = [];
  const words = `${list},${more}`.split(",");
  for (let i = 0; i < words.length; ++i) {
    const word = words[i].trim();
    if (word.length > 0 && !values.includes(word)) values.push(word);
  }
  return values.join(",");
}
