// Where calls to Vertex AI go, and what proves who makes them:
// https://cloud.google.com/vertex-ai/docs/reference/rest#service-endpoint
import { ServiceAccount } from "../../auth/service-account";
import { Call } from "../call";
import { HeaderEdits } from "../header-edits";
import { ProviderSettings } from "../provider-settings";

const GLOBAL_HOST: string = "aiplatform.googleapis.com";
const DEFAULT_VERSION: string = "v1";
const LOCATIONS: string = "/locations/";
/** What access tokens begin with; keys of the API do not. */
const ACCESS_TOKEN_PREFIX: string = "ya29.";

/** The place of one configuration: a project in a region, or nothing but a key in express mode. */
export class VertexSite {
  /** Null: calls are made with a key of the API. */
  readonly account: ServiceAccount | null;
  readonly host: string;
  /** `/v1/` */
  readonly version: string;
  /** Path before a model's: `/v1/projects/p/locations/r/`, or in express mode `/v1/`. */
  readonly base: string;

  constructor(private readonly settings: ProviderSettings) {
    const region = settings.vertexRegion;
    const version = settings.apiVersion;
    const isOwn = version.length > 0 && !isClaudes(version);
    const start = `/${isOwn ? version : DEFAULT_VERSION}/`;
    this.version = start;
    const key = settings.vertexAuthKey;
    let account: ServiceAccount | null = null;
    let host = GLOBAL_HOST;
    let base = start;
    if (!settings.hasTokens && key.length > 0) {
      const own = new ServiceAccount(key);
      const named = settings.vertexProjectId;
      account = own;
      host = hostOf(region);
      base = `${start}projects/${named.length > 0 ? named : own.projectId}/locations/${region}/`;
    }
    this.account = account;
    this.host = host;
    this.base = base;
  }

  /** What is wrong with the settings, or "". */
  validate(): string {
    const settings = this.settings;
    const version = settings.apiVersion;
    if (version.length > 0 && !isClaudes(version) && !isVersion(version)) {
      return "apiVersion: expected a version such as v1";
    }
    const isCompatible = settings.vertexOpenAICompatible;
    if (settings.hasTokens) {
      if (!isCompatible) return "";
      return "vertexOpenAICompatible: expected no apiTokens beside it, but a vertexAuthKey";
    }
    const account = this.account;
    const region = settings.vertexRegion;
    const service = settings.vertexAuthServiceName;
    if (account === null) {
      const hasPlace = region.length > 0 || settings.vertexProjectId.length > 0;
      if (!isCompatible && !hasPlace && service.length == 0) return "";
      return "vertexAuthKey: expected the JSON text of a service account's key";
    }
    if (account.error.length > 0) return "vertexAuthKey: " + account.error;
    if (!isName(region)) return "vertexRegion: expected a region such as us-central1, or global";
    const project = settings.vertexProjectId;
    if (!isName(project.length > 0 ? project : account.projectId)) {
      return "vertexProjectId: expected a project, since the key names none";
    }
    if (service.length > 0) return "";
    return "vertexAuthServiceName: expected the cluster that leads to " + account.tokenHost;
  }

  /** The host of a call; a path or model that names a location itself goes to that one. */
  hostOf(call: Call): string {
    const path = call.model.startsWith("projects/") ? call.model : call.clientPath;
    const at = path.indexOf(LOCATIONS);
    if (at < 0) return this.host;
    const start = at + LOCATIONS.length;
    const end = path.indexOf("/", start);
    const location = path.substring(start, end < 0 ? path.length : end);
    return isName(location) ? hostOf(location) : this.host;
  }

  /** The path of a model, a name from `modelPath`, or of something else below the location. */
  path(name: string): string {
    return (name.startsWith("projects/") ? this.version : this.base) + name;
  }

  authenticate(call: Call, headers: HeaderEdits): void {
    const token = call.token;
    if (token.length == 0) return;
    // Of two credentials the key would be refused.
    const isAccess = this.account !== null || token.startsWith(ACCESS_TOKEN_PREFIX);
    if (isAccess) headers.set("authorization", "Bearer " + token);
    else headers.set("x-goog-api-key", token);
  }
}

/** Whether a configured version is one of Claude's, a date. */
export function isClaudes(version: string): bool {
  return version.includes("-");
}

function isVersion(version: string): bool {
  return version.startsWith("v") && isName(version);
}

function hostOf(location: string): string {
  if (location == "global" || location.length == 0) return GLOBAL_HOST;
  if (location == "us" || location == "eu") return `aiplatform.${location}.rep.googleapis.com`;
  return `${location}-${GLOBAL_HOST}`;
}

/** Whether a text can be the name of a region or project: old projects have a domain and a colon. */
function isName(text: string): bool {
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isLetter && !isDigit && code != 0x2d && code != 0x2e && code != 0x3a) return false;
  }
  return text.length > 0;
}
