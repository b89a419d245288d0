// What `npm run package` and `npm pack` hand out: images that loaders of modules take, and an npm package that works.
// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { tar } from "../release/tar.ts";
import { PLUGIN } from "./support/envoy.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OWN = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  version: string;
  bin: Record<string, string>;
};

interface Blob {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
  platform?: { os: string; architecture: string };
}

interface Image {
  mediaType: string;
  config: Blob;
  layers: Blob[];
}

const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const folder = mkdtempSync(join(tmpdir(), "package-"));
const dist = join(folder, "dist");

after(() => rmSync(folder, { recursive: true, force: true }));

function hash(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function filesOf(root: string): Map<string, string> {
  const found = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(root.length + 1), hash(readFileSync(path))]));
}

function distFile(name: string): Buffer {
  return readFileSync(join(dist, name));
}

/** A blob, after a look at its size and its digest. */
function blob({ digest, size }: Blob): Buffer {
  const content = distFile(`oci/blobs/${digest.replace(":", "/")}`);
  assert.equal(content.length, size, digest);
  assert.equal(`sha256:${hash(content)}`, digest);
  return content;
}

function jsonOf<T>(descriptor: Blob): T {
  return JSON.parse(blob(descriptor).toString()) as T;
}

function tagged(tag: string): Blob {
  const index = JSON.parse(distFile("oci/index.json").toString()) as { manifests: Blob[] };
  const found = index.manifests.filter(
    ({ annotations }) => annotations?.["org.opencontainers.image.ref.name"] === tag,
  );
  assert.equal(found.length, 1, tag);
  return found[0] as Blob;
}

/** The files of a packed layer, as tar has them. */
async function unpacked(layer: Blob): Promise<Map<string, string>> {
  const target = mkdtempSync(join(folder, "layer-"));
  const archive = join(dist, `oci/blobs/${layer.digest.replace(":", "/")}`);
  await run("tar", ["--extract", "--gzip", "--file", archive, "--directory", target]);
  return filesOf(target);
}

/** The layer that every loader takes the module from, and that it is there. */
async function moduleLayer(image: Image): Promise<Blob> {
  const layer = image.layers.at(-1) as Blob;
  assert.equal(layer.mediaType, LAYER);
  assert.deepEqual([...(await unpacked(layer))], [["plugin.wasm", hash(readFileSync(PLUGIN))]]);
  return layer;
}

describe("npm run package", () => {
  before(() => run("npx", ["tsx", "release/package.ts", PLUGIN, dist], { cwd: ROOT }));

  test("lays the images out as registries have them, each blob under its digest", () => {
    assert.deepEqual(JSON.parse(distFile("oci/oci-layout").toString()), {
      imageLayoutVersion: "1.0.0",
    });
    for (const [name, digest] of filesOf(join(dist, "oci/blobs/sha256"))) {
      assert.equal(name, digest);
    }
  });

  test("has an image of one layer, which Istio, Envoy Gateway and Higress take", async () => {
    const descriptor = tagged(OWN.version);
    assert.equal(descriptor.mediaType, "application/vnd.oci.image.manifest.v1+json");
    const image = jsonOf<Image>(descriptor);
    assert.equal(image.mediaType, descriptor.mediaType);
    assert.equal(image.layers.length, 1);
    const layer = await moduleLayer(image);
    const config = jsonOf<{ rootfs: { type: string; diff_ids: string[] } }>(image.config);
    assert.equal(image.config.mediaType, "application/vnd.oci.image.config.v1+json");
    const content = gunzipSync(blob(layer));
    assert.deepEqual(config.rootfs, { type: "layers", diff_ids: [`sha256:${hash(content)}`] });
  });

  test("has the same image for each kind of machine, as volumes need it", async () => {
    const index = jsonOf<{ mediaType: string; manifests: Blob[] }>(tagged(`${OWN.version}-volume`));
    assert.equal(index.mediaType, "application/vnd.oci.image.index.v1+json");
    const machines = index.manifests.map(({ platform }) => platform?.architecture);
    assert.deepEqual(machines, ["amd64", "arm64"]);
    for (const { platform, ...manifest } of index.manifests) {
      const image = jsonOf<Image>(manifest);
      await moduleLayer(image);
      const { os, architecture } = jsonOf<{ os: string; architecture: string }>(image.config);
      assert.deepEqual({ os, architecture }, platform);
    }
  });

  test("has an image with Higress's pages before the module", async () => {
    const image = jsonOf<Image>(tagged(`${OWN.version}-higress`));
    await moduleLayer(image);
    const [spec, page] = image.layers as [Blob, Blob, Blob];
    assert.equal(image.layers.length, 3);
    assert.equal(spec.mediaType, "application/vnd.module.wasm.spec.v1+yaml");
    const { info } = parse(blob(spec).toString()) as { info: { version: string } };
    assert.equal(info.version, OWN.version);
    assert.equal(page.mediaType, "application/vnd.module.wasm.doc.v1+markdown");
    assert.match(blob(page).toString(), /^# Configuration\n/);
  });

  test("has an artifact of exactly two layers, the second one the module as it is", () => {
    const image = jsonOf<Image>(tagged(`${OWN.version}-artifact`));
    const types = image.layers.map(({ mediaType }) => mediaType);
    assert.deepEqual(types, [
      "application/vnd.module.wasm.config.v1+json",
      "application/vnd.module.wasm.content.layer.v1+wasm",
    ]);
    const [config, module] = image.layers as [Blob, Blob];
    assert.equal(jsonOf<{ type: string }>(config).type, "envoy_proxy");
    assert.deepEqual(blob(module), readFileSync(PLUGIN));
    assert.equal(jsonOf<object>(image.config) instanceof Object, true);
  });

  test("lists the digests of the images, and the module's for sha256sum", async () => {
    for (const line of distFile("images.txt").toString().trim().split("\n")) {
      const [digest = "", tag = ""] = line.split("  ");
      assert.equal(tagged(tag).digest, digest);
    }
    const { stdout } = await run("sha256sum", ["--check", "plugin.wasm.sha256"], { cwd: dist });
    assert.equal(stdout, "plugin.wasm: OK\n");
  });

  test("says what the module is made of and with", () => {
    const bom = JSON.parse(distFile("plugin.cdx.json").toString()) as {
      specVersion: string;
      serialNumber: string;
      metadata: { component: { "bom-ref": string; hashes: { content: string }[] } };
      components: { "bom-ref": string; purl: string; scope: string; hashes: object[] }[];
      dependencies: { ref: string; dependsOn: string[] }[];
    };
    assert.equal(bom.specVersion, "1.5");
    assert.match(
      bom.serialNumber,
      /^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
    const { component } = bom.metadata;
    assert.equal(component.hashes[0]?.content, hash(readFileSync(PLUGIN)));
    const installed = (name: string) =>
      JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8")) as {
        version: string;
        dependencies?: Record<string, string>;
      };
    const compiler = installed("assemblyscript");
    const names = ["assemblyscript", ...Object.keys(compiler.dependencies ?? {})].sort();
    const purls = names.map((name) => `pkg:npm/${name}@${installed(name).version}`);
    assert.deepEqual(
      bom.components.map(({ purl }) => purl),
      purls,
    );
    for (const { hashes } of bom.components) assert.equal(hashes.length, 1);
    const refs = [component, ...bom.components].map((own) => own["bom-ref"]);
    assert.deepEqual(bom.dependencies.map(({ ref }) => ref).sort(), [...refs].sort());
    for (const { dependsOn } of bom.dependencies) {
      for (const ref of dependsOn) assert.ok(refs.includes(ref), ref);
    }
  });

  test("comes to the same bytes from the same source", async () => {
    const again = join(folder, "again");
    const plugin = join(folder, "plugin.wasm");
    const compile = ["asc", "assembly/index.ts", "--target", "release", "--outFile", plugin];
    await run("npx", compile, { cwd: ROOT });
    await run("npx", ["tsx", "release/package.ts", plugin, again], { cwd: ROOT });
    assert.deepEqual(filesOf(again), filesOf(dist));
  });
});

test("an archive has nothing of the machine or the moment, and any size of file", async () => {
  const archive = tar([
    { name: "empty", content: Buffer.alloc(0) },
    { name: "block", content: Buffer.alloc(512, "x") },
    { name: "more", content: Buffer.alloc(513, "y") },
  ]);
  const listed = run("tar", ["--list", "--verbose", "--utc", "--numeric-owner"]);
  listed.child.stdin?.end(archive);
  const lines = (await listed).stdout.trim().split("\n");
  assert.deepEqual(
    lines.map((line) => line.replace(/ +/g, " ")),
    ["0 1970-01-01 00:00 empty", "512 1970-01-01 00:00 block", "513 1970-01-01 00:00 more"].map(
      (line) => `-rw-r--r-- 0/0 ${line}`,
    ),
  );
});

describe("the npm package", () => {
  let names: string[] = [];
  before(async () => {
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const { stdout } = await run("npm", args, { cwd: ROOT });
    const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    names = packed.files.map(({ path }) => path);
    await run("tar", ["--extract", "--gzip", "--file", packed.filename], { cwd: folder });
  });

  test("has the module, the command and the manifests, and neither source nor tests", () => {
    const wanted = ["build/plugin.wasm", "config.schema.json", "gateway.schema.json", "LICENSE"];
    const missing = [...wanted, ...Object.values(OWN.bin)].filter((own) => !names.includes(own));
    assert.deepEqual(missing, []);
    const tops = new Set(names.map((name) => name.split("/")[0]));
    for (const top of ["assembly", "tests", "bench", "release", "node_modules", "dist"]) {
      assert.ok(!tops.has(top), top);
    }
    assert.deepEqual(
      names.filter((name) => /debug|\.map$|\.log$/.test(name)),
      [],
    );
  });

  test("runs its command where it is unpacked", async () => {
    const root = join(folder, "package");
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    const [bin = ""] = Object.values(OWN.bin);
    const { stdout } = await run("node", [bin, "validate", "envoy/gateway.yaml"], { cwd: root });
    assert.equal(stdout, "envoy/gateway.yaml is fine.\n");
  });
});
