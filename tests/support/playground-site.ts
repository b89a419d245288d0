// The playground's page in a browser, a gateway that `envoy-ai-proxy run` runs, and a raw provider.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { startBrowser } from "./browser.ts";
import { PLUGIN } from "./envoy.ts";
import { GatewayProcess } from "./gateway-process.ts";
import { chunk, CHUNKS_END, type RawProvider, type Script, send } from "./raw-provider.ts";
import { startRawProvider, stream, STREAM_HEAD, whole } from "./raw-provider.ts";
import { chunkOf, DONE, event, finishOf, startOf } from "./watched-gateway.ts";

const USAGE = { usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } };

/** A stream with a text, and with usage. */
export function chat(text: string): Script {
  const end = event({ ...finishOf(), ...USAGE });
  return stream(event(startOf("")), event(chunkOf(text)), end, DONE);
}

/** Lets a provider stop behind its first words until it is told to go on. */
export function pausedChat(provider: RawProvider, first: string, last: string): () => void {
  let goOn = () => {};
  const paused = new Promise<void>((done) => (goOn = done));
  provider.script = async (socket) => {
    await send(socket, STREAM_HEAD);
    await send(socket, chunk(event(startOf(first))));
    await paused;
    await send(socket, chunk(event(chunkOf(last))));
    await send(socket, chunk(event({ ...finishOf(), ...USAGE }) + DONE));
    socket.end(CHUNKS_END);
  };
  return goOn;
}

/** How long the page may take for anything. */
const PATIENCE_MS = 15_000;

export class PlaygroundSite {
  /** Everything that the page was sent, and whom it asked. */
  readonly received: Promise<string>[] = [];
  readonly asked = new Set<string>();
  readonly complaints: string[] = [];
  url = "";
  adminUrl = "";
  token = "";

  private constructor(
    private readonly folder: string,
    readonly file: string,
    readonly provider: RawProvider,
    readonly gateway: GatewayProcess,
    private readonly browser: Browser,
    readonly page: Page,
  ) {
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("request", (own) => this.asked.add(new URL(own.url()).origin));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (own) => this.complaints.push(own.text()));
    page.on("response", (own) => {
      if (own.request().method() === "OPTIONS") return;
      this.received.push(own.text().catch(() => ""));
    });
  }

  static async start(): Promise<PlaygroundSite> {
    const folder = mkdtempSync(join(tmpdir(), "playground-"));
    const file = join(folder, "gateway.yaml");
    const provider = await startRawProvider(whole(500, ""));
    writeFileSync(file, gatewayFile("one", provider.port));
    const args = [file, "--playground", "--concurrency", "1", "--folder", join(folder, "state")];
    const environment = { TEST_KEY: "sk-canary-variable", ENVOY_AI_PROXY_TOKEN: "" };
    const [gateway, browser] = await Promise.all([
      GatewayProcess.start(args, environment),
      startBrowser(),
    ]);
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const site = new PlaygroundSite(folder, file, provider, gateway, browser, page);
    [, site.url = "", site.token = ""] = await gateway.said(/Playground: (\S+)#token=(\S+)/);
    [, site.adminUrl = ""] = await gateway.said(/(http:\S+)\/reload/);
    return site;
  }

  /** The gateway file for a model; it has a secret written out, and one by its name. */
  yaml(model: string): string {
    return gatewayFile(model, this.provider.port);
  }

  async open(tab: string): Promise<void> {
    await this.page.goto("about:blank");
    await this.page.goto(`${this.url}#${tab}`);
    await this.page.waitForSelector("body[data-ready]");
  }

  /** The text of an element, as soon as it fits. */
  async shows(selector: string, pattern: RegExp): Promise<string> {
    const own = this.page.locator(selector).filter({ hasText: pattern });
    await own.waitFor().catch(async () => {
      const alerts = await this.page.locator("[role=alert]").allTextContents();
      const text = (await this.page.locator(selector).textContent()) ?? "";
      assert.match(text, pattern, [selector, text, ...alerts, ...this.complaints].join("\n"));
    });
    return (await own.textContent()) ?? "";
  }

  /** Sends a message of the chat. */
  async ask(text: string): Promise<void> {
    await this.page.fill("#chat-message", text);
    await this.page.click("#chat-send");
  }

  async stop(): Promise<void> {
    await this.browser.close();
    const code = await this.gateway.stop();
    await this.provider.close();
    rmSync(this.folder, { recursive: true, force: true });
    assert.equal(code, 0, this.gateway.output);
  }
}

function gatewayFile(model: string, port: number): string {
  return `# A gateway for one test.
listen: 127.0.0.1:0
admin: 127.0.0.1:0
plugin: ${PLUGIN}
providers:
  main:
    type: groq
    apiTokens: [sk-canary-literal]
    upstream: { address: "127.0.0.1:${port}", tls: false }
  other:
    type: claude
    apiTokens: ["\${TEST_KEY}"]
    upstream: { address: "127.0.0.1:${port}", tls: false }
models:
  - model: ${model}
    providers:
      - main
      - { id: other, model: claude-sonnet-4-5 }
`;
}
