// Makes build/playground: one script of the page's modules and the host's, and samples of fixtures.
// https://esbuild.github.io/api/
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { upperSnakeCase, withoutSecrets } from "../cli/gateway/secrets.ts";
import type { Sample, Samples } from "./samples.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TARGET = join(ROOT, "build", "playground");
const FIXTURES = join(ROOT, "tests", "fixtures");

/** Of each provider the plainest exchange, and the same as a stream. */
const CASES = ["stream-text", "stream", "text", "chat"];

/** Content types by the endings of files. */
const TYPES: Record<string, string> = {
  json: "application/json",
  sse: "text/event-stream",
  txt: "text/plain",
};

mkdirSync(TARGET, { recursive: true });
buildSync({
  entryPoints: [join(ROOT, "playground", "main.ts")],
  outfile: join(TARGET, "playground.js"),
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  legalComments: "inline",
  logLevel: "error",
});
for (const file of ["playground/style.css", "gateway.schema.json", "config.schema.json"]) {
  cpSync(join(ROOT, file), join(TARGET, file.replace(/^.*\//, "")));
}
cpSync(join(ROOT, "playground", "index.html"), join(TARGET, "index.html"));
writeFileSync(join(TARGET, "samples.json"), JSON.stringify(samples()));

function samples(): Samples {
  const types = readdirSync(FIXTURES).filter((type) => type !== "configuration");
  const entries = types.map((type): [string, Sample[]] => [
    type,
    CASES.flatMap((name) => sample(type, name) ?? []),
  ]);
  return Object.fromEntries(entries.filter(([, own]) => own.length > 0).sort());
}

interface Case {
  config: { provider: { type: string } };
  request?: { path?: string };
  response?: { status?: number; headers?: Record<string, string> };
}

function sample(type: string, name: string): Sample | null {
  const folder = join(FIXTURES, type, name);
  if (!existsSync(join(folder, "case.json")) || !existsSync(join(folder, "request.json")))
    return null;
  const own = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as Case;
  const file = readdirSync(folder).find((one) => one.startsWith("upstream-response."));
  if (file === undefined || own.config.provider?.type !== type) return null;
  const kind = file.replace(/^.*\./, "");
  const isBase64 = kind === "bin";
  return {
    name,
    config: { ...own.config, provider: placeholders(own.config.provider) },
    path: own.request?.path ?? "/v1/chat/completions",
    request: readFileSync(join(folder, "request.json"), "utf8"),
    status: own.response?.status ?? 200,
    contentType: own.response?.headers?.["content-type"] ?? TYPES[kind] ?? "",
    answer: readFileSync(join(folder, file), isBase64 ? "base64" : "utf8"),
    isBase64,
  };
}

/** Keys of fixtures open nothing; all the same, names of variables stand in their place. */
function placeholders(provider: { type: string }): { type: string } {
  const nameOf = (field: string) =>
    upperSnakeCase(field === "apiTokens" ? `${provider.type}-api-key` : field);
  return withoutSecrets(provider, nameOf);
}
