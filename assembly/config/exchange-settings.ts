// What happens to requests and answers around a provider, whichever it is.
import { JsonKind } from "../json/document";
import { ConversationShape } from "../openai/conversation";
import { AnswerShape, ReasoningMode } from "../openai/reasoning";
import { ProviderSettings } from "../providers/provider-settings";
import { FieldReader } from "./field-reader";

/** Milliseconds for which a file that was fetched counts as fresh. */
const DEFAULT_LIFETIME: i32 = 300_000;

/** Where the text comes from that is put into conversations. */
export class ContextSource {
  /** Clusters of which the first one that exists is asked; none: that of the request itself. */
  clusters: string[] = [];
  /** Host of the file's URL; "" for the provider's own. */
  host: string = "";
  /** Path and query of the file. */
  target: string = "/";
  /** Milliseconds. */
  lifetime: i32 = DEFAULT_LIFETIME;
  /** The file is the provider's, and needs the request's credential. */
  isProviderFile: bool = false;
}

/** Everything stands at "does nothing" until the configuration says otherwise. */
export class ExchangeSettings {
  /** Path before the API's own in requests of clients; without a slash at its end. */
  basePath: string = "";
  /** `basePath` is put before the provider's path, rather than taken off the client's. */
  prependsBasePath: bool = false;
  /** Another path of chat completions, once `basePath` is off; or "". */
  chatPath: string = "";
  /** Clients may say which of the tokens is used. */
  takesToken: bool = false;
  context: ContextSource | null = null;
  readonly conversation: ConversationShape = new ConversationShape();
  readonly answer: AnswerShape = new AnswerShape();
  /** Milliseconds until the first event of a stream; 0: no limit. */
  firstByteTimeout: i32 = 0;
  logsErrorBodies: bool = false;
}

/** Reads the fields; errors are the reader's. */
export function readExchangeSettings(
  reader: FieldReader,
  provider: ProviderSettings,
): ExchangeSettings {
  const settings = new ExchangeSettings();
  settings.basePath = reader.basePath("basePath");
  const handling = reader.choice("basePathHandling", ["removePrefix", "prepend"], "removePrefix");
  settings.prependsBasePath = handling == "prepend";
  settings.chatPath = reader.basePath("chatPath");
  settings.takesToken = reader.bool("tokenFromRequest", false);
  readContext(reader, provider, settings);
  const conversation = settings.conversation;
  conversation.cleanupCommands = reader.stringList("contextCleanupCommands");
  const merges = reader.bool("mergeConsecutiveMessages", false);
  const promotes = reader.bool("promoteThinkingOnEmpty", false);
  const isHiclaw = reader.bool("hiclawMode", false);
  conversation.merges = merges || isHiclaw;
  // DashScope's own API takes a document only behind a system message that is none.
  conversation.needsLead = provider.type == "qwen" && !provider.qwenEnableCompatible;
  settings.answer.promotes = promotes || isHiclaw;
  const modes = ["passthrough", "ignore", "concat"];
  const mode = reader.choice("reasoningContentMode", modes, "passthrough");
  if (mode == "ignore") settings.answer.mode = ReasoningMode.Ignore;
  else if (mode == "concat") settings.answer.mode = ReasoningMode.Concat;
  settings.firstByteTimeout = reader.integer("firstByteTimeout", 0, i32.MAX_VALUE, 0);
  settings.logsErrorBodies = reader.bool("logUpstreamErrorResponseBody", false);
  const header = reader.headerName("authHeaderKey");
  if (provider.type == "openai") provider.authHeaderKey = header;
  return settings;
}

function readContext(
  reader: FieldReader,
  provider: ProviderSettings,
  settings: ExchangeSettings,
): void {
  provider.moonshotFileId = reader.text("moonshotFileId");
  const object = contextObject(reader);
  if (object >= 0) settings.context = readContextFile(reader, object);
  if (provider.type == "moonshot" && provider.moonshotFileId.length > 0) {
    refuseBoth(reader, object, "moonshotFileId");
    const source = new ContextSource();
    source.isProviderFile = true;
    settings.context = source;
  } else if (provider.type == "qwen" && provider.qwenFileIds.length > 0) {
    refuseBoth(reader, object, "qwenFileIds");
  }
}

function refuseBoth(reader: FieldReader, context: i32, name: string): void {
  if (context < 0) return;
  const text = name + " and context cannot be configured at the same time";
  reader.report.fail(reader.pathOf(name), text);
}

/** The object, which may also stand in a list of its own, as it is often written. */
function contextObject(reader: FieldReader): i32 {
  const doc = reader.doc;
  const value = reader.value("context");
  const object = doc.isArray(value) && doc.size(value) == 1 ? doc.first(value) : value;
  if (object < 0) return -1;
  return reader.check(object, JsonKind.Object, reader.pathOf("context")) ? object : -1;
}

function readContextFile(reader: FieldReader, object: i32): ContextSource {
  const fields = reader.inner(object, reader.pathOf("context"));
  const source = new ContextSource();
  const url = fields.url("fileUrl");
  fields.need("fileUrl", url, "the URL of the file");
  readTarget(url, source);
  const service = fields.text("serviceName");
  fields.need("serviceName", service, "the name of a cluster or service");
  const port = fields.integer("servicePort", 1, 65535, 0).toString();
  fields.need("servicePort", port == "0" ? "" : port, "the port of the service");
  source.clusters = [service, "outbound|" + port + "||" + service];
  source.lifetime = fields.integer("lifetime", 1, i32.MAX_VALUE, DEFAULT_LIFETIME);
  fields.warnOfUnknown();
  return source;
}

/** Takes a URL apart: its fragment is nobody else's business. */
function readTarget(url: string, source: ContextSource): void {
  const hash = url.indexOf("#");
  const whole = hash < 0 ? url : url.substring(0, hash);
  const scheme = whole.indexOf("://");
  const start = scheme < 0 ? 0 : scheme + 3;
  let end = start;
  while (end < whole.length && whole.charAt(end) != "/" && whole.charAt(end) != "?") ++end;
  // What stands before an @ is a credential, and no part of the host.
  const user = whole.lastIndexOf("@", end - 1);
  source.host = whole.substring(user >= start ? user + 1 : start, end);
  const target = whole.substring(end);
  source.target = target.startsWith("/") ? target : "/" + target;
}
