// A gateway under watch: a raw provider, Envoy with the plugin, and after each case the proof that nothing broke or leaked.
import assert from "node:assert/strict";
import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http";
import { startEnvoy, type EnvoyOptions, type TestEnvoy } from "./envoy.ts";
import { startRawProvider, whole, type RawProvider } from "./raw-provider.ts";

/** Secrets that may show nowhere but where they are due. All of them hold the word canary. */
export const CONFIGURED_TOKEN = "sk-canary-configured-1f3c";
export const CLIENT_SECRETS = {
  authorization: "Bearer sk-canary-client-7a20",
  "x-api-key": "canary-x-api-key-44d1",
  "api-key": "canary-api-key-9be3",
  "x-goog-api-key": "canary-goog-0c55",
  "x-authorization": "canary-x-authorization-b2a4",
  "proxy-authorization": "Basic canary-proxy-51d7",
  cookie: "session=canary-cookie-e812",
};

const KEYS = [CONFIGURED_TOKEN, `Bearer ${CONFIGURED_TOKEN}`];
const SECRET = /canary/i;
const BROKEN = /aborted|wasm failed|trap|proxy_on_\w+ failed|Uncaught|unreachable/i;

export const MESSAGES = [{ role: "user", content: "Hi" }];

/** A complete answer of an OpenAI-compatible provider. */
export const COMPLETION = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1735787045,
  model: "llama-3",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
};

/** The first chunk of a stream, with a piece of text. */
export function startOf(content: string, id = "chatcmpl-1"): object {
  const choice = { index: 0, delta: { role: "assistant", content }, finish_reason: null };
  return { ...chunkHead(id), choices: [choice] };
}

/** A chunk of a stream with a piece of text. */
export function chunkOf(content: string, id = "chatcmpl-1"): object {
  const choice = { index: 0, delta: { content }, finish_reason: null };
  return { ...chunkHead(id), choices: [choice] };
}

/** The chunk that ends a choice. */
export function finishOf(id = "chatcmpl-1"): object {
  return { ...chunkHead(id), choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
}

function chunkHead(id: string): object {
  return { id, object: "chat.completion.chunk", created: 1735787045, model: "llama-3" };
}

/** One event of a stream. */
export function event(payload: object | string): string {
  return `data: ${typeof payload === "string" ? payload : JSON.stringify(payload)}\n\n`;
}

export const DONE = event("[DONE]");

export interface ClientRequest {
  method?: string;
  path?: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
  /** Without a content-length. */
  isChunked?: boolean;
  /** Which listener; the first one unless told otherwise. */
  listener?: number;
  /** Called with each piece of the answer's body. */
  onBytes?: () => void;
}

/** What the client got. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  text: string;
  /** The answer broke off before its end. */
  isBroken: boolean;
}

export interface ApiErrorBody {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

export class WatchedGateway {
  /** Everything the client was ever sent. */
  private readonly seen: string[] = [];
  private vms = "";

  private constructor(
    readonly provider: RawProvider,
    readonly envoy: TestEnvoy,
  ) {}

  /** Starts with a listener per configuration, all in front of one raw provider. */
  static async start(
    configs: object[],
    options: Omit<EnvoyOptions, "listeners"> = {},
  ): Promise<WatchedGateway> {
    const provider = await startRawProvider(whole(200, JSON.stringify(COMPLETION)));
    const listeners = configs.map((config) => ({
      upstreamPort: provider.port,
      ...("config" in config ? config : { config }),
    })) as EnvoyOptions["listeners"];
    const envoy = await startEnvoy({ ...options, listeners }).catch(async (error: unknown) => {
      await provider.close();
      throw error;
    });
    const gateway = new WatchedGateway(provider, envoy);
    gateway.vms = await gateway.createdVms();
    return gateway;
  }

  /** Sends a request with all secrets that a client may hold; resolves also where the answer breaks off. */
  request(options: ClientRequest): Promise<Answer> {
    const { method = "POST", path = "/v1/chat/completions", body = "", listener = 0 } = options;
    const length = options.isChunked ? {} : { "content-length": Buffer.byteLength(body) };
    const headers = {
      "content-type": "application/json",
      ...CLIENT_SECRETS,
      ...(method === "GET" ? {} : length),
      ...options.headers,
    };
    const port = this.envoy.ports[listener];
    return new Promise((resolve, reject) => {
      let isAnswered = false;
      const request = httpRequest({ port, method, path, headers, agent: false }, (response) => {
        isAnswered = true;
        const chunks: Buffer[] = [];
        const done = (isBroken: boolean) => {
          const body = Buffer.concat(chunks);
          const text = body.toString("utf8");
          this.seen.push(JSON.stringify(response.headers), text);
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, body, text, isBroken });
        };
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          options.onBytes?.();
        });
        response.on("end", () => done(false));
        response.on("error", () => done(true));
      });
      // An answer may come while the body is still on its way.
      request.on("error", (error) => (isAnswered ? undefined : reject(error)));
      request.end(method === "GET" ? undefined : body);
    });
  }

  /** A chat request with further members. */
  chat(members: object = {}, options: ClientRequest = {}): Promise<Answer> {
    const body = JSON.stringify({ model: "llama-3", messages: MESSAGES, ...members });
    return this.request({ body, ...options });
  }

  /** Proves that the gateway still serves, and that nothing leaked or broke so far. */
  async check(): Promise<void> {
    this.provider.script = whole(200, JSON.stringify(COMPLETION));
    const answer = await this.chat();
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(JSON.parse(answer.text), COMPLETION);
    assert.equal(await this.createdVms(), this.vms, "a VM was made anew");
    this.checkLog();
    assert.doesNotMatch(this.seen.join("\n"), SECRET, "an answer shows a secret");
    for (const { rawHeaders, path } of this.provider.requests) {
      const shown = `${path}\n${rawHeaders.join("\n")}`.replaceAll(CONFIGURED_TOKEN, "");
      assert.doesNotMatch(shown, SECRET, "a client's secret reached the provider");
      const isKnown = rawHeaders.some((value) => KEYS.includes(value));
      assert.ok(isKnown, "the configured token is missing");
    }
    this.seen.length = 0;
    this.provider.requests.length = 0;
  }

  private checkLog(): void {
    const log = this.envoy.log();
    assert.doesNotMatch(log, BROKEN);
    assert.doesNotMatch(log, SECRET, "Envoy's log shows a secret");
  }

  private async createdVms(): Promise<string> {
    const url = `http://127.0.0.1:${this.envoy.adminPort}/stats?filter=wasm.*created`;
    const text = await (await fetch(url)).text();
    assert.match(text, /created: \d/);
    return text;
  }

  /** Ends it, and looks through the rest of the log. */
  async stop(): Promise<void> {
    await this.envoy.stop();
    await this.provider.close();
    this.checkLog();
  }
}

/** The error of an answer, after proof that it is OpenAI's in every respect. */
export function errorOf(answer: Answer, status: number): ApiErrorBody {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers["content-type"], "application/json");
  return checkedError(answer.text);
}

function checkedError(text: string): ApiErrorBody {
  const body = JSON.parse(text) as { error: ApiErrorBody };
  assert.deepEqual(Object.keys(body), ["error"]);
  const { error } = body;
  assert.deepEqual(Object.keys(error).sort(), ["code", "message", "param", "type"]);
  assert.ok(error.message.length > 0);
  assert.doesNotMatch(error.message, /<html|<body/i);
  return error;
}

/** The payloads of a stream of plain events. */
export function payloadsOf(text: string): string[] {
  const events = text.split("\n\n");
  assert.equal(events.pop(), "", "the last event has no end");
  return events.map((own) => {
    assert.ok(own.startsWith("data: "), own);
    return own.slice("data: ".length);
  });
}

/** The text that a complete stream carries. */
export function textOf(answer: Answer): string {
  const payloads = payloadsOf(answer.text);
  assert.equal(payloads.pop(), "[DONE]");
  const chunks = payloads.map(
    (own) => JSON.parse(own) as { choices: { delta: { content?: string } }[] },
  );
  return chunks.map((own) => own.choices[0]?.delta.content ?? "").join("");
}

/** The error event at the end of a stream that broke off: no [DONE] follows, nothing looks finished. */
export function streamErrorOf(answer: Answer): ApiErrorBody {
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.isBroken, false);
  const payloads = payloadsOf(answer.text);
  assert.ok(!payloads.includes("[DONE]"), answer.text);
  assert.doesNotMatch(answer.text, /"finish_reason":"/);
  return checkedError(payloads[payloads.length - 1] ?? "");
}
