// Forms of the official OpenAI SDK through Envoy: the model in them is mapped, and names Azure's deployment; all else
// arrives byte for byte.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import OpenAI, { toFile } from "openai";
import { startEnvoy, type TestEnvoy } from "./support/envoy.ts";

const AZURE = 0;
const PLAIN = 1;
const UNMAPPED = 2;
const SOUND = randomBytes(300_000);

interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly form: FormData;
}

let server: Server;
let envoy: TestEnvoy;
let seen: Seen | null = null;

before(async () => {
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { url = "", headers } = request;
      const type = { "content-type": headers["content-type"] ?? "" };
      void new Response(Buffer.concat(pieces), { headers: type }).formData().then((form) => {
        seen = { path: url, headers, form };
        response.setHeader("content-type", "application/json");
        response.end('{"text":"Hello there.","created":1,"data":[]}');
      });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const upstreamPort = (server.address() as AddressInfo).port;
  const modelMapping = { "whisper-1": "my whisper", "gpt-image-1": "my-image" };
  const azureServiceUrl = "https://name.openai.azure.com?api-version=2025-01-01-preview";
  const providers = [
    { type: "azure", apiTokens: ["key-configured"], azureServiceUrl, modelMapping },
    { type: "openai", apiTokens: ["sk-configured"], modelMapping },
    { type: "openai", apiTokens: ["sk-configured"] },
  ];
  envoy = await startEnvoy({
    listeners: providers.map((provider) => ({ config: { provider }, upstreamPort })),
  });
});
after(async () => {
  await envoy.stop();
  server.close();
  server.closeAllConnections();
});

/** What the provider got from one call. */
async function ask(
  listener: number,
  call: (client: OpenAI) => PromiseLike<unknown>,
): Promise<Seen> {
  seen = null;
  const baseURL = `http://127.0.0.1:${envoy.ports[listener]}/v1`;
  await call(new OpenAI({ baseURL, apiKey: "sk-of-the-client", maxRetries: 0 }));
  assert.ok(seen !== null);
  return seen;
}

async function transcribe(client: OpenAI): Promise<void> {
  const file = await toFile(SOUND, "a.wav", { type: "audio/wav" });
  const { text } = await client.audio.transcriptions.create({ file, model: "whisper-1" });
  assert.equal(text, "Hello there.");
}

async function edit(client: OpenAI): Promise<void> {
  const image = await toFile(SOUND, "a.png", { type: "image/png" });
  await client.images.edit({ model: "gpt-image-1", prompt: "A cat", image });
}

async function sameFile(form: FormData, name: string): Promise<void> {
  const file = form.get(name);
  assert.ok(file instanceof File);
  assert.ok(Buffer.from(await file.arrayBuffer()).equals(SOUND), "the file was changed");
}

test("Azure: the deployment of a form", async () => {
  const { path, headers, form } = await ask(AZURE, transcribe);
  assert.equal(
    path,
    "/openai/deployments/my%20whisper/audio/transcriptions?api-version=2025-01-01-preview",
  );
  assert.equal(headers["api-key"], "key-configured");
  assert.equal(headers["authorization"], undefined);
  assert.equal(form.get("model"), "my whisper");
  await sameFile(form, "file");
});

test("Azure: an image with its prompt", async () => {
  const { path, form } = await ask(AZURE, edit);
  assert.match(path, /^\/openai\/deployments\/my-image\/images\/edits\?/);
  assert.deepEqual([form.get("model"), form.get("prompt")], ["my-image", "A cat"]);
  await sameFile(form, "image");
});

test("OpenAI: the model of a form is mapped", async () => {
  const { path, form } = await ask(PLAIN, transcribe);
  assert.equal(path, "/v1/audio/transcriptions");
  assert.equal(form.get("model"), "my whisper");
  await sameFile(form, "file");
});

test("OpenAI: without a mapping a form passes", async () => {
  const { form } = await ask(UNMAPPED, transcribe);
  assert.equal(form.get("model"), "whisper-1");
  await sameFile(form, "file");
});
