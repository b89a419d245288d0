// `npm run package`: what a release consists of, in dist/.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { writeImages } from "./images.ts";
import { sha256 } from "./oci-layout.ts";
import { type PackageLock, sbom } from "./sbom.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Writes everything for one module; returns the images' digests by their tags. */
export function writeRelease(plugin: string, folder: string): Map<string, string> {
  const { version, license, description } = readJson("package.json") as Record<
    "version" | "license" | "description",
    string
  >;
  const module = readFileSync(plugin);
  const readme = readFileSync(join(ROOT, "docs/configuration.md"));
  const release = { version, license, description, module, readme };
  mkdirSync(folder, { recursive: true });
  const digests = writeImages(join(folder, "oci"), release);
  copyFileSync(plugin, join(folder, "plugin.wasm"));
  // The form of `sha256sum --check`.
  writeFileSync(join(folder, "plugin.wasm.sha256"), `${sha256(module)}  plugin.wasm\n`);
  const bom = sbom(release, readJson("package-lock.json") as PackageLock);
  writeFileSync(join(folder, "plugin.cdx.json"), `${JSON.stringify(bom, null, 2)}\n`);
  const lines = [...digests].map(([tag, digest]) => `${digest}  ${tag}\n`);
  writeFileSync(join(folder, "images.txt"), lines.join(""));
  return digests;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8"));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [plugin = join(ROOT, "build/plugin.wasm"), folder = join(ROOT, "dist")] =
    process.argv.slice(2);
  for (const [tag, digest] of writeRelease(plugin, folder)) console.log(`${digest}  ${tag}`);
}
