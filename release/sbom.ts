// What the module is made of and with: CycloneDX 1.5, https://cyclonedx.org/docs/1.5/json/
import { sha256 } from "./oci-layout.ts";

/** What package-lock.json says of a package. */
interface LockedPackage {
  version: string;
  license?: string;
  integrity?: string;
  dependencies?: Record<string, string>;
}

export interface PackageLock {
  packages: Record<string, LockedPackage>;
}

/** The package whose compiler makes the module, and whose standard library goes into it. */
const COMPILER = "assemblyscript";

/** The module, the compiler, and what the compiler needs; the same bytes for the same module and lock file. */
export function sbom(
  { version, license, module }: { version: string; license: string; module: Uint8Array },
  lock: PackageLock,
) {
  const hash = sha256(module);
  const main = {
    type: "library",
    "bom-ref": `pkg:generic/envoy-ai-proxy@${version}?checksum=sha256:${hash}`,
    name: "envoy-ai-proxy",
    version,
    description: "plugin.wasm",
    licenses: [{ license: { id: license } }],
    hashes: [{ alg: "SHA-256", content: hash }],
    purl: `pkg:generic/envoy-ai-proxy@${version}?checksum=sha256:${hash}`,
  };
  const names = withDependencies(lock, COMPILER);
  const refs = (wanted: string[]) => wanted.map((name) => purl(name, locked(lock, name).version));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${uuidOf(hash)}`,
    version: 1,
    metadata: { lifecycles: [{ phase: "build" }], component: main },
    components: names.map((name) => component(name, locked(lock, name))),
    dependencies: [
      { ref: main["bom-ref"], dependsOn: refs([COMPILER]) },
      ...names.map((name) => ({
        ref: purl(name, locked(lock, name).version),
        dependsOn: refs(Object.keys(locked(lock, name).dependencies ?? {}).sort()),
      })),
    ],
  };
}

function component(name: string, { version, license, integrity }: LockedPackage) {
  return {
    type: "library",
    "bom-ref": purl(name, version),
    name,
    version,
    // Only the compiler's library is in the module; the rest makes it.
    scope: name === COMPILER ? "required" : "excluded",
    ...(license === undefined ? {} : { licenses: [{ license: { id: license } }] }),
    ...(integrity === undefined ? {} : { hashes: [hashOf(integrity)] }),
    purl: purl(name, version),
  };
}

/** `sha512-<base64>` as CycloneDX has it. */
function hashOf(integrity: string) {
  const [, content = ""] = /^sha512-(.+)$/.exec(integrity) ?? [];
  return { alg: "SHA-512", content: Buffer.from(content, "base64").toString("hex") };
}

function purl(name: string, version: string): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function locked(lock: PackageLock, name: string): LockedPackage {
  const found = lock.packages[`node_modules/${name}`];
  if (found === undefined) throw new Error(`${name} is not in package-lock.json`);
  return found;
}

/** Names of a package and of all that it needs, sorted. */
function withDependencies(lock: PackageLock, name: string): string[] {
  const found = new Set<string>();
  const visit = (next: string) => {
    if (found.has(next)) return;
    found.add(next);
    Object.keys(locked(lock, next).dependencies ?? {}).forEach(visit);
  };
  visit(name);
  return [...found].sort();
}

/** A UUID of the custom kind (RFC 9562, version 8) from a hash, since a random one would differ each time. */
function uuidOf(hash: string): string {
  const variant = "89ab".charAt(parseInt(hash.charAt(16), 16) % 4);
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`];
  return [...parts, variant + hash.slice(17, 20), hash.slice(20, 32)].join("-");
}
