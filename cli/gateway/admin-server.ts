// The endpoint for changes of a running gateway, on the loopback interface and with a token.
// What a page of another origin may ask: https://fetch.spec.whatwg.org/#http-cors-protocol
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunningConfiguration } from "./configuration.ts";

export interface AdminOptions {
  /** 0 takes a free one. */
  port: number;
  token: string;
  /** Origins of pages that may ask; none unless there is a playground. */
  origins(): readonly string[];
  /** Null as long as the gateway starts. */
  configuration(): RunningConfiguration | null;
}

/** What is answered: a status and JSON. */
interface Answer {
  status: number;
  body: object;
}

/** A gateway file is a page of text. */
const LARGEST_BODY = 4 * 1024 * 1024;

/** Starts to listen; `url` has no path. */
export async function serveAdmin(options: AdminOptions): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    void answerTo(request, response, options)
      .catch((error: unknown) => failure(error))
      .then((answer) => send(response, answer));
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(options.port, "127.0.0.1", done);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(status === 204 ? undefined : `${JSON.stringify(body)}\n`);
}

function failure(error: unknown): Answer {
  if (error instanceof RequestError)
    return { status: error.status, body: { error: error.message } };
  return { status: 500, body: { error: error instanceof Error ? error.message : String(error) } };
}

class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function answerTo(
  request: IncomingMessage,
  response: ServerResponse,
  options: AdminOptions,
): Promise<Answer> {
  const { headers, method } = request;
  const { origin } = headers;
  // Another name for this address would be a page that had its name changed to it.
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? "")) {
    throw new RequestError(403, "Only for 127.0.0.1.");
  }
  if (origin !== undefined) {
    if (!options.origins().includes(origin)) throw new RequestError(403, "Not for this origin.");
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("vary", "origin");
    if (method === "OPTIONS") return preflight(response);
  }
  if (!isAllowed(request, options.token)) throw new RequestError(401, "Wrong or missing token.");
  const configuration = options.configuration();
  if (configuration === null) throw new RequestError(503, "The gateway starts.");
  return operate(request, configuration);
}

function preflight(response: ServerResponse): Answer {
  response.setHeader("access-control-allow-methods", "GET, POST, PUT");
  response.setHeader("access-control-allow-headers", "authorization, content-type");
  response.setHeader("access-control-max-age", "600");
  return { status: 204, body: {} };
}

/** Compared by their hashes, which have one length and take one time. */
function isAllowed({ headers }: IncomingMessage, token: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(headers.authorization ?? ""), hash(`Bearer ${token}`));
}

async function operate(request: IncomingMessage, own: RunningConfiguration): Promise<Answer> {
  const [path = ""] = (request.url ?? "").split("?");
  const version = /^\/versions\/(\d+)$/.exec(path)?.[1];
  if (request.method === "GET" && version !== undefined) {
    const text = own.textOf(Number(version));
    if (text === null) throw new RequestError(404, `There is no version ${version}.`);
    return { status: 200, body: { text } };
  }
  switch (`${request.method} ${path}`) {
    case "POST /reload":
      return outcome(own.reload());
    case "GET /configuration":
      return { status: 200, body: own.state() };
    case "POST /validate":
      return { status: 200, body: await own.validate(textIn(await readBody(request), "text")) };
    case "PUT /configuration": {
      const body = await readBody(request);
      return outcome(own.apply(textIn(body, "text"), changeIn(body)));
    }
    case "POST /rollback": {
      const body = await readBody(request);
      return outcome(own.rollBack(numberIn(body, "version"), changeIn(body)));
    }
    default:
      throw new RequestError(404, ENDPOINTS);
  }
}

const ENDPOINTS =
  "There are POST /reload, POST /validate, GET and PUT /configuration, POST /rollback, GET /versions/N.";

async function outcome(done: ReturnType<RunningConfiguration["reload"]>): Promise<Answer> {
  const { status, ...body } = await done;
  return { status, body };
}

type Body = Readonly<Record<string, unknown>>;

async function readBody(request: IncomingMessage): Promise<Body> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > LARGEST_BODY) throw new RequestError(413, "The body is too large.");
    pieces.push(piece);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString("utf8"));
    if (typeof body === "object" && body !== null) return body as Body;
  } catch {
    // Said below.
  }
  throw new RequestError(400, "The body has to be a JSON object.");
}

function textIn(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== "string") throw new RequestError(400, `${name} has to be a string.`);
  return value;
}

function numberIn(body: Body, name: string): number {
  const value = body[name];
  if (typeof value !== "number") throw new RequestError(400, `${name} has to be a number.`);
  return value;
}

function changeIn(body: Body) {
  return { base: numberIn(body, "base"), overwrite: body["overwrite"] === true };
}
