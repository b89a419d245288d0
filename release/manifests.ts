// `npm run generate:deploy`: envoy/gateway.yaml as each platform takes it, in deploy/.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { main } from "../cli/main.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const COMMON = [
  ...["envoy/gateway.yaml", "--listen", "0.0.0.0:10000", "--plugin", "/opt/ai-proxy/plugin.wasm"],
  ...["--ca-file", "/etc/ssl/certs/ca-certificates.crt"],
];

/** The options of each file. Meshes bring their own Envoy: theirs is for the oldest that will do. */
const FILES: Record<string, string[]> = {
  "deploy/kubernetes/gateway.yaml": ["--for", "kubernetes"],
  "deploy/istio/gateway.yaml": ["--for", "istio", "--envoy", "1.37"],
  "deploy/envoy-gateway/gateway.yaml": ["--for", "envoy-gateway", "--envoy", "1.37"],
};

/** The generated files by their paths. Run in the top folder, whose paths they name. */
export async function manifests(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [path, options] of Object.entries(FILES)) {
    const texts: string[] = [];
    const problems: string[] = [];
    const output = {
      out: (text: string) => void texts.push(text),
      error: (text: string) => void problems.push(text),
    };
    const code = await main(["generate", ...COMMON, ...options], output);
    if (code !== 0) throw new Error(problems.join(""));
    files.set(path, texts.join(""));
  }
  return files;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.chdir(ROOT);
  for (const [path, text] of await manifests()) writeFileSync(join(ROOT, path), text);
}
