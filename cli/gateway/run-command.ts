// envoy-ai-proxy run: a gateway until it is told to stop; changes come by the file, SIGHUP or a request.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { watch } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, resolve } from "node:path";
import { problemText } from "./gateway-file.ts";
import { lastWarnings, type RunOptions, RunningGateway } from "./running.ts";

export interface CommandOptions extends RunOptions {
  /** Takes up every change of the file. */
  watches: boolean;
  /** Port of the endpoint for changes on the loopback interface; 0: a free one, null: none. */
  reloadPort: number | null;
}

/** Editors write a file in several steps. */
const SETTLED_MS = 100;

/** Runs until a signal; resolves with the exit code. */
export async function runGateway(options: CommandOptions): Promise<number> {
  const gateway = await RunningGateway.start(options);
  printWarnings(options.file);
  const reload = serialised(async () => {
    try {
      const changed = await gateway.reload();
      printWarnings(options.file);
      console.log(changed ? `${options.file} is taken up.` : `${options.file} has not changed.`);
      return { ok: true, message: changed ? "taken up" : "not changed" };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      console.error(`${message}\n${options.file} is refused; what ran before runs on.`);
      return { ok: false, message };
    }
  });
  process.on("SIGHUP", () => void reload());
  if (options.watches) watchFile(options.file, () => void reload());
  const server =
    options.reloadPort === null ? null : await serveReloads(reload, options.reloadPort);
  const port = gateway.envoy.ports.get("gateway");
  console.log(
    `Ready: http://127.0.0.1:${port}/v1   Admin: http://127.0.0.1:${gateway.envoy.adminPort}`,
  );
  const code = await Promise.race([signalled(), gateway.envoy.exited.then(() => 1)]);
  server?.close();
  await gateway.stop();
  return code;
}

function printWarnings(file: string): void {
  for (const problem of lastWarnings) console.error(`warning: ${problemText(problem, file)}`);
}

/** One at a time; what is asked for meanwhile is done once, afterwards. */
function serialised<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}

/** The folder is watched: an editor may put another file in the place of the old one. */
function watchFile(file: string, onChange: () => void): void {
  const path = resolve(file);
  let timer: NodeJS.Timeout | undefined;
  watch(dirname(path), (_, name) => {
    if (name !== null && name !== basename(path)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLED_MS);
  });
}

/** POST /reload with the token; 200 once the change is taken up, 422 with the reason where it is not. */
async function serveReloads(
  reload: () => Promise<{ ok: boolean; message: string }>,
  port: number,
): Promise<Server> {
  const own = process.env["ENVOY_AI_PROXY_TOKEN"];
  const token = own ?? randomBytes(24).toString("base64url");
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(`${JSON.stringify(body)}\n`);
    };
    if (!isAllowed(request, token)) return answer(401, { error: "Wrong or missing token." });
    if (request.method !== "POST" || request.url !== "/reload") {
      return answer(404, { error: "POST /reload is all there is." });
    }
    void reload().then(({ ok, message }) => answer(ok ? 200 : 422, { message }));
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", done);
  });
  const { port: bound } = server.address() as AddressInfo;
  const shown = own === undefined ? token : "$ENVOY_AI_PROXY_TOKEN";
  console.log(
    `Reload: curl -X POST -H "authorization: Bearer ${shown}" http://127.0.0.1:${bound}/reload`,
  );
  return server;
}

/** Compared by their hashes, which have one length and take one time. */
function isAllowed({ headers }: IncomingMessage, token: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(headers.authorization ?? ""), hash(`Bearer ${token}`));
}

function signalled(): Promise<number> {
  return new Promise((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done(0));
  });
}
