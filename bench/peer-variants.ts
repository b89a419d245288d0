// Other gateways, each a process of its own between client and provider: `npm run bench -- --peers`.
// https://docs.litellm.ai/docs/proxy/configs, https://portkey.ai/docs/product/open-source
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Running, Variant } from "./variants.ts";
import { MODEL } from "./workloads.ts";

const run = promisify(execFile);

const LITELLM = "1.106.2";
const PORTKEY = "1.15.2";
const FOLDER = fileURLToPath(new URL("../.cache/peers", import.meta.url));
const PYTHON = join(FOLDER, "litellm", "bin", "python3");
const PORTKEY_FOLDER = join(FOLDER, "portkey");
const START_LIMIT_MS = 120_000;

/** Installs the peers, in pinned versions, where they are not there yet. */
export async function installPeers(): Promise<void> {
  const isThere = (file: string) => existsSync(join(FOLDER, file));
  if (isThere(`litellm/${LITELLM}`) && isThere(`portkey/${PORTKEY}`)) return;
  mkdirSync(PORTKEY_FOLDER, { recursive: true });
  await run("python3", ["-m", "venv", join(FOLDER, "litellm")]);
  await run(PYTHON, ["-m", "pip", "install", "--quiet", `litellm[proxy]==${LITELLM}`]);
  const npm = ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", PORTKEY_FOLDER];
  await run("npm", [...npm, `@portkey-ai/gateway@${PORTKEY}`]);
  writeFileSync(join(FOLDER, "litellm", LITELLM), "");
  writeFileSync(join(PORTKEY_FOLDER, PORTKEY), "");
}

/** Runs a program that serves on a port, and waits until it does. */
async function serve(
  program: string,
  args: (port: number) => string[],
  environment: Record<string, string> = {},
): Promise<Running> {
  const port = await freePort();
  const env = { ...process.env, ...environment };
  const child = spawn(program, args(port), { env, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text: Buffer) => said.push(text.toString()));
  }
  const log = () => said.join("").slice(-20_000);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const isOver = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await isOver;
  };
  const limit = Date.now() + START_LIMIT_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > limit) {
      await stop();
      throw new Error(`${program} does not serve:\n${log()}`);
    }
    await sleep(200);
  }
  return { ports: [port], pid: child.pid ?? 0, log, stop };
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** `base`: what stands between the provider's port and the rest of the URL. */
async function litellm(model: string, base: string, port: number): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "litellm-"));
  const file = join(folder, "config.yaml");
  const api_base = `http://127.0.0.1:${port}${base}`;
  const config = {
    model_list: [
      { model_name: MODEL, litellm_params: { model, api_base, api_key: "sk-upstream" } },
    ],
    litellm_settings: { telemetry: false },
    // It does not start without a key; this is the client's.
    general_settings: { master_key: "sk-client" },
  };
  writeFileSync(file, JSON.stringify(config));
  const args = ["--config", file, "--host", "127.0.0.1", "--num_workers", "1", "--port"];
  const program = join(FOLDER, "litellm", "bin", "litellm");
  const running = await serve(program, (own) => [...args, String(own)], {
    // Prices come with the package; nothing is fetched.
    LITELLM_LOCAL_MODEL_COST_MAP: "True",
    NO_DOCS: "True",
  });
  const stop = async () => {
    await running.stop();
    rmSync(folder, { recursive: true });
  };
  return { ...running, stop };
}

function portkey(): Promise<Running> {
  const file = join(PORTKEY_FOLDER, "node_modules/@portkey-ai/gateway/build/start-server.js");
  const environment = { NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "127.0.0.1" };
  const args = (port: number) => [file, `--port=${port}`, "--headless"];
  return serve(process.execPath, args, environment);
}

/** Portkey is told by each request where that shall go. */
function portkeyHeaders(provider: string, model: string, port: number): Record<string, string> {
  const config = {
    provider,
    api_key: "sk-upstream",
    custom_host: `http://127.0.0.1:${port}/v1`,
    override_params: { model },
  };
  return { "x-portkey-config": JSON.stringify(config) };
}

const NOTHING = { filters: [], route: {} };

export const PEER_VARIANTS: readonly Variant[] = [
  {
    name: "litellm-openai",
    title: `LiteLLM ${LITELLM}, OpenAI`,
    dialect: "openai",
    ...NOTHING,
    start: (port) => litellm("openai/gpt-4o-2024-08-06", "/v1", port),
  },
  {
    name: "litellm-claude",
    title: `LiteLLM ${LITELLM}, Claude`,
    dialect: "anthropic",
    ...NOTHING,
    start: (port) => litellm("anthropic/claude-sonnet-4-5", "", port),
  },
  {
    name: "portkey-openai",
    title: `Portkey ${PORTKEY}, OpenAI`,
    dialect: "openai",
    ...NOTHING,
    start: portkey,
    headers: (port) => portkeyHeaders("openai", "gpt-4o-2024-08-06", port),
  },
  {
    name: "portkey-claude",
    title: `Portkey ${PORTKEY}, Claude`,
    dialect: "anthropic",
    ...NOTHING,
    start: portkey,
    headers: (port) => portkeyHeaders("anthropic", "claude-sonnet-4-5", port),
  },
];
