// Which provider takes what it is sent as it is, and at which path: OpenAI's endpoints beside chat, by provider.
// https://platform.openai.com/docs/api-reference

/** A request of a client, its path without `/v1`. */
export interface Row {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** What the request carries. */
  readonly body: "none" | "json" | "form";
  /** The body names a model. */
  readonly hasModel: boolean;
  /** The answer is no JSON. */
  readonly isBinary: boolean;
}

/** `GET /path` and what it carries: `json`, `form`, or with a model `json+` and `form+`; `=bytes`: what comes back. */
function row(text: string): Row {
  const [method = "", path = "", body = "none", answer] = text.split(" ");
  return {
    method: method as Row["method"],
    path,
    body: body.replace("+", "") as Row["body"],
    hasModel: body.endsWith("+"),
    isBinary: answer === "=bytes",
  };
}

function rows(...texts: string[]): readonly Row[] {
  return texts.map(row);
}

export const GROUPS = {
  images: rows("POST /images/generations json+"),
  imageEdits: rows("POST /images/edits form+", "POST /images/edits json+"),
  imageVariations: rows("POST /images/variations form+"),
  speech: rows("POST /audio/speech json+ =bytes"),
  transcriptions: rows("POST /audio/transcriptions form+"),
  translations: rows("POST /audio/translations form+"),
  moderations: rows("POST /moderations json+"),
  files: rows(
    "GET /files?purpose=batch&limit=2",
    "POST /files form",
    "GET /files/file-1",
    "DELETE /files/file-1",
    "GET /files/file-1/content none =bytes",
  ),
  uploads: rows(
    "POST /uploads json",
    "POST /uploads/upload_1/parts form",
    "POST /uploads/upload_1/complete json",
    "POST /uploads/upload_1/cancel none",
  ),
  batches: rows(
    "GET /batches?after=batch_0",
    "POST /batches json",
    "GET /batches/batch_1",
    "POST /batches/batch_1/cancel none",
  ),
  fineTuning: rows(
    "GET /fine_tuning/jobs?limit=2",
    "POST /fine_tuning/jobs json+",
    "GET /fine_tuning/jobs/ftjob-1",
    "GET /fine_tuning/jobs/ftjob-1/events?limit=1",
    "GET /fine_tuning/jobs/ftjob-1/checkpoints",
    "POST /fine_tuning/jobs/ftjob-1/cancel none",
    "POST /fine_tuning/jobs/ftjob-1/pause none",
    "POST /fine_tuning/jobs/ftjob-1/resume none",
    "GET /fine_tuning/checkpoints/ft:m:1/permissions",
    "POST /fine_tuning/checkpoints/ft:m:1/permissions json",
    "DELETE /fine_tuning/checkpoints/ft:m:1/permissions/perm-2",
  ),
  realtimeSecrets: rows("POST /realtime/client_secrets json"),
  storedResponses: rows(
    "GET /responses/resp_1?include=a",
    "DELETE /responses/resp_1",
    "GET /responses/resp_1/input_items",
  ),
  cancelledResponses: rows("POST /responses/resp_1/cancel none"),
  conversations: rows("POST /conversations json"),
  videos: rows(
    "POST /videos form+",
    "POST /videos json+",
    "GET /videos",
    "GET /videos/video_1",
    "DELETE /videos/video_1",
    "GET /videos/video_1/content?variant=thumbnail none =bytes",
    "POST /videos/video_1/remix json",
  ),
} satisfies Record<string, readonly Row[]>;

export type Group = keyof typeof GROUPS;

/** What one provider has of these. */
export interface Served {
  /** What its configuration needs besides a token. */
  readonly config?: object;
  readonly groups: readonly Group[];
  /** Groups that it serves in a protocol of its own. */
  readonly translates?: readonly Group[];
  /** What it gets at the front of bodies with a prompt for images. */
  readonly added?: string;
  /** The path that the provider gets, for a path of the client without `/v1`. */
  readonly path: (path: string) => string;
}

const at =
  (base: string) =>
  (path: string): string =>
    base + path;

const ALL = Object.keys(GROUPS) as Group[];
const OF_DEPLOYMENTS = /^\/(images|audio)\//;
const VERSION = "api-version=2025-04-01-preview";

function azurePath(path: string): string {
  const before = OF_DEPLOYMENTS.test(path) ? "/openai/deployments/m" : "/openai";
  return `${before}${path}${path.includes("?") ? "&" : "?"}${VERSION}`;
}

const NONE: Served = { groups: [], path: (path) => path };

/** Providers that are not named here have none of these. */
export const SERVED: Readonly<Record<string, Served>> = {
  azure: {
    config: { azureServiceUrl: `https://name.openai.azure.com?${VERSION}` },
    groups: ALL.filter((group) => group !== "moderations" && group !== "conversations"),
    path: azurePath,
  },
  baidu: { groups: ["images", "imageEdits"], path: at("/v2") },
  bedrock: { ...NONE, config: { awsRegion: "us-east-1" }, translates: ["images"] },
  cloudflare: { ...NONE, config: { cloudflareAccountId: "account" } },
  deepl: { ...NONE, config: { targetLang: "DE" } },
  doubao: {
    groups: ["images", "storedResponses"],
    added: '"watermark":false,',
    path: at("/api/v3"),
  },
  gemini: { ...NONE, translates: ["images"] },
  generic: { config: { genericHost: "llm.internal" }, groups: ALL, path: at("/v1") },
  grok: { groups: ["images", "storedResponses"], path: at("/v1") },
  groq: {
    groups: ["files", "batches", "speech", "transcriptions", "translations"],
    path: at("/openai/v1"),
  },
  kling: { ...NONE, translates: ["videos"] },
  mistral: { groups: ["files", "transcriptions", "moderations"], path: at("/v1") },
  moonshot: { groups: ["files"], path: at("/v1") },
  ollama: { ...NONE, config: { ollamaServerHost: "ollama.internal" } },
  openai: { groups: ALL, path: at("/v1") },
  qwen: { groups: ["files", "batches", "conversations"], path: at("/compatible-mode/v1") },
  siliconflow: {
    groups: ["files", "batches", "images", "speech", "transcriptions"],
    path: at("/v1"),
  },
  stepfun: { groups: ["files", "images", "speech", "transcriptions"], path: at("/v1") },
  "together-ai": {
    groups: ["images", "speech", "transcriptions", "translations"],
    path: at("/v1"),
  },
  triton: { ...NONE, config: { tritonDomain: "triton.internal" } },
  vertex: { ...NONE, translates: ["images"] },
  vllm: { groups: ["transcriptions", "translations"], path: at("/v1") },
  zhipuai: {
    groups: ["files", "batches", "images", "transcriptions"],
    path: at("/api/paas/v4"),
  },
};

/** What a provider has; none of these where the table does not name it. */
export function servedBy(type: string): Served {
  return SERVED[type] ?? NONE;
}
