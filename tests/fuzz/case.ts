// One damaged exchange: which configuration, what the client sends, what the provider answers, and in which pieces.
import type { HeaderPairs } from "../../host/header-map.ts";
import type { HttpCall, HttpCallAnswer } from "../../host/http-call.ts";
import type { Arrival, RunInput, UpstreamResponse } from "../../host/run.ts";
import { clientRequest, providerResponse, type ClientRequest } from "../fixture-runner/messages.ts";
import { damageBytes } from "./bytes.ts";
import { Dice } from "./dice.ts";
import { damageJson } from "./json-text.ts";
import { CANARY, withCanary, secretsIn, type Seed } from "./seeds.ts";
import { damageStream } from "./stream-text.ts";

const STATUSES = [200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 502, 503, 529, 599];
const TYPES = ["application/json", "text/event-stream", "text/html", "application/x-ndjson", ""];
const PATHS = [
  ...["/v1/chat/completions", "/v1/messages", "/v1/embeddings", "/v1/completions", "/v1/models"],
  ...["/v1/responses", "/v1/images/generations", "/v1/files/%2e%2e", "/v1/models/a%00b", "//", "/"],
  ...["/v1/chat/completions?a=%0d%0a&b=é", "/v1/files/../x", "/v1/batches/b/cancel", "*", ""],
];
const HEADERS: HeaderPairs = [
  ["content-type", "multipart/form-data; boundary=x"],
  ["content-type", "text/plain"],
  ["content-encoding", "gzip"],
  ["accept-encoding", "gzip"],
  ["authorization", "Bearer"],
  ["x-api-key", ""],
  ["x-mse-consumer", "a".repeat(5000)],
  ["anthropic-version", "é"],
  ["x-stainless-retry-count", "1e9"],
  ["conversationid", "../x"],
];
/** A gateway that takes every model. */
const GATEWAY = {
  models: [
    { model: ["gpt-*", "~^claude"], providers: ["a", { id: "b", model: "m" }] },
    { name: "rest", body: { stream: "true" }, providers: ["b"] },
    { name: "all", providers: ["b", "a"], strategy: "random" },
  ],
};
const LARGEST_BYTEWISE = 3000;

/** What a case needs to be run and judged. */
export interface FuzzCase {
  readonly config: unknown;
  /** The configuration itself is damaged, so that it may be refused. */
  readonly isConfigDamaged: boolean;
  /** It only chooses; the translation is that of clusters behind it. */
  readonly isGateway: boolean;
  readonly placement: "listener" | "cluster";
  readonly secrets: readonly string[];
  readonly request: ClientRequest;
  readonly input: RunInput;
}

/** The case of a seed and a number; the same in every run. */
export function makeCase(seeds: readonly Seed[], seed: Seed, start: number, index: number) {
  return new CaseMaker(seeds, seed, new Dice(start, `${seed.fixture.name}#${index}`)).make();
}

class CaseMaker {
  constructor(
    private readonly seeds: readonly Seed[],
    private readonly seed: Seed,
    private readonly dice: Dice,
  ) {}

  make(): FuzzCase {
    const { dice, seed } = this;
    const isConfigDamaged = dice.once(10);
    const hasProvider = "provider" in seed.config;
    const placement = hasProvider && dice.once(6) ? "cluster" : "listener";
    const isGateway = placement === "listener" && dice.once(12);
    const own = isGateway ? GATEWAY : seed.config;
    const plain = withCanary({ ...own, ...(placement === "cluster" ? { placement } : {}) });
    const config = isConfigDamaged ? this.damagedConfig(plain) : plain;
    const secrets = secretsIn(plain).filter((own) => !isPublic(config, own));
    const request = this.request();
    const upstream = this.answer(secrets);
    const input: RunInput = {
      properties: { xds: { cluster_name: "upstream" } },
      request: sentRequest(request),
      upstream: () => upstream,
      answer: this.calls(),
      requestArrival: this.arrival(request.body ?? new Uint8Array(0)),
      responseArrival: this.arrival(upstream.body ?? new Uint8Array(0)),
    };
    return { config, isConfigDamaged, isGateway, placement, secrets, request, input };
  }

  private damagedConfig(config: unknown): string {
    let text = JSON.stringify(config);
    for (let times = this.dice.pick([1, 1, 2, 4]); times > 0; --times) {
      const damaged = this.dice.once(5) ? null : damageJson(text, this.dice);
      text = damaged ?? damageBytes(Buffer.from(text), this.dice).toString("utf8");
    }
    return text;
  }

  private request(): ClientRequest {
    const { dice } = this;
    const other = dice.once(6) ? dice.pick(this.seeds) : this.seed;
    const own = clientRequest(other.fixture);
    const path = dice.once(25) ? dice.pick(PATHS) : own.path;
    const method = dice.once(60) ? dice.pick(["GET", "DELETE", "POST", "X"]) : own.method;
    const headers = dice.once(15) ? withHeader(own.headers, dice.pick(HEADERS)) : own.headers;
    let body = own.body;
    if (body !== null && dice.once(2)) body = this.damaged(Buffer.from(body), false);
    if (dice.once(80)) body = dice.once(2) ? null : new Uint8Array(0);
    return { ...own, path, method, headers, body };
  }

  private answer(secrets: readonly string[]): UpstreamResponse {
    const { dice } = this;
    const other = dice.once(6) ? dice.pick(this.seeds) : this.seed;
    const own = providerResponse(other.fixture);
    let { status } = own;
    let headers = own.headers;
    let body: Buffer = Buffer.from(own.body);
    if (dice.once(10)) {
      status = dice.pick(STATUSES);
      headers = withHeader(headers, ["content-type", dice.pick(TYPES)]);
    }
    if (!dice.once(3)) body = this.damaged(body, own.streamed || framed(own.headers));
    // A provider can only repeat the one token that it was sent.
    const tokens = secrets.filter((own) => own.startsWith(CANARY));
    const secret = tokens.length === 1 ? tokens[0] : undefined;
    if (status >= 400 && secret !== undefined && dice.once(4)) body = this.showing(body, secret);
    const length = String(body.length);
    if (dice.once(2)) headers = withHeader(headers, ["content-length", length]);
    return { status, headers, body, ...(dice.once(12) ? { reset: true } : {}) };
  }

  /** A body in which a secret is repeated, as some providers do in their errors. */
  private showing(body: Buffer, secret: string): Buffer {
    const text = body.toString("utf8");
    const places = [...text.matchAll(/: ?"/g)];
    if (places.length === 0) return Buffer.from(`${text} Incorrect API key provided: ${secret}.`);
    const place = this.dice.pick(places);
    const at = place.index + place[0].length;
    return Buffer.from(`${text.slice(0, at)}No key ${secret} here. ${text.slice(at)}`);
  }

  private damaged(body: Buffer, isStream: boolean): Buffer {
    const { dice } = this;
    let bytes = body;
    for (let times = dice.once(8) ? 3 : 1; times > 0; --times) {
      const kind = dice.below(5);
      if (kind < 3 && isStream) bytes = damageStream(bytes, dice);
      else if (kind < 4 && !isStream) bytes = this.damagedText(bytes);
      else bytes = damageBytes(bytes, dice);
    }
    return bytes;
  }

  private damagedText(bytes: Buffer): Buffer {
    const text = damageJson(bytes.toString("utf8"), this.dice);
    return text === null ? damageBytes(bytes, this.dice) : Buffer.from(text);
  }

  /** Answers of the calls that the plugin makes itself: as recorded, damaged, or none. */
  private calls(): (call: HttpCall) => HttpCallAnswer | null {
    const known = this.seed.fixture.content.calls ?? [];
    return (call) => {
      const found = known.find(({ cluster }) => cluster === call.cluster)?.response;
      if (found === undefined || this.dice.once(8)) return null;
      const text = typeof found.body === "string" ? found.body : JSON.stringify(found.body ?? "");
      const body = this.dice.once(3) ? this.damaged(Buffer.from(text), false) : text;
      const status = this.dice.once(8) ? this.dice.pick(STATUSES) : (found.status ?? 200);
      return { status, headers: Object.entries(found.headers ?? {}), body };
    };
  }

  private arrival(body: Uint8Array): Arrival {
    const { dice } = this;
    const endAlone = dice.once(2);
    if (body.length < 2 || dice.once(3)) return { endAlone };
    if (dice.once(12) && body.length < LARGEST_BYTEWISE) {
      return { endAlone, cuts: Array.from({ length: body.length - 1 }, (_, i) => i + 1) };
    }
    const cuts = Array.from({ length: 1 + dice.below(6) }, () => 1 + dice.below(body.length - 1));
    return { endAlone, cuts: [...new Set(cuts)].sort((a, b) => a - b) };
  }
}

/** Whether damage has put a secret where none is expected, and where a message may name it. */
function isPublic(config: unknown, secret: string): boolean {
  if (typeof config !== "string") return false;
  try {
    const value = JSON.parse(config) as unknown;
    const places = JSON.stringify(value).split(secret).length - 1;
    return places === 0 || places !== secretsIn(value).filter((own) => own === secret).length;
  } catch {
    return !config.includes(secret);
  }
}

function sentRequest({ body, ...head }: ClientRequest): RunInput["request"] {
  return body === null ? head : { ...head, body };
}

function framed(headers: HeaderPairs): boolean {
  return headers.some(([, value]) => /stream/.test(value));
}

function withHeader(headers: HeaderPairs, header: readonly [string, string]): HeaderPairs {
  return [...headers.filter(([name]) => name !== header[0]), header];
}
