// The forms in which proxies take a module from a registry.
// https://github.com/solo-io/wasm/tree/master/spec
import { type Descriptor, OciLayout, sha256 } from "./oci-layout.ts";
import { gzip, tar } from "./tar.ts";

const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const EMPTY = "application/vnd.oci.empty.v1+json";
const WASM_CONFIG = "application/vnd.module.wasm.config.v1+json";
const WASM = "application/vnd.module.wasm.content.layer.v1+wasm";
const SPEC = "application/vnd.module.wasm.spec.v1+yaml";
const DOC = "application/vnd.module.wasm.doc.v1+markdown";

/** What is in an image, and what it is called. */
export interface Release {
  version: string;
  license: string;
  description: string;
  module: Uint8Array;
  /** The page that Higress's console shows, in Markdown. */
  readme: Uint8Array;
}

/** The name that every loader looks for. */
const FILE = "plugin.wasm";

/** Of the nodes that mount the module; the module is the same for all. */
const ARCHITECTURES = ["amd64", "arm64"];

/**
 * Writes four images, and returns their digests by their tags:
 * `<version>`: one layer with the file plugin.wasm; Istio, Envoy Gateway, Higress.
 * `<version>-volume`: the same for each kind of machine; volumes of Kubernetes.
 * `<version>-higress`: the same behind the two layers from which Higress's console has its pages.
 * `<version>-artifact`: the module as it is, behind a description; Istio, Envoy Gateway, `oras pull`.
 */
export function writeImages(folder: string, release: Release): Map<string, string> {
  const layout = new OciLayout(folder);
  const { version, module } = release;
  const annotations = annotationsOf(release);
  const archive = tar([{ name: FILE, content: module }]);
  const layer = layout.blob(LAYER, gzip(archive));
  const images = ARCHITECTURES.map((architecture) => {
    const config = imageConfig(layout, archive, architecture);
    const image = layout.manifest({ config, layers: [layer], annotations });
    return { ...image, platform: { os: "linux", architecture } };
  });
  // Loaders that know no machine of their own ask for the first kind.
  images.slice(0, 1).forEach((image) => layout.tag(version, image));
  layout.tag(`${version}-volume`, layout.index(images));
  const config = layout.json(EMPTY, {});
  const pages = [
    layout.blob(SPEC, Buffer.from(higressSpec(release)), "spec.yaml"),
    layout.blob(DOC, release.readme, "README.md"),
  ];
  // Loaders take the last layer, so that the module comes last.
  const documented = { artifactType: LAYER, config, layers: [...pages, layer], annotations };
  layout.tag(`${version}-higress`, layout.manifest(documented));
  const description = { type: "envoy_proxy", abiVersions: ["0.2.1"], config: {} };
  const layers = [layout.json(WASM_CONFIG, description), layout.blob(WASM, module, FILE)];
  layout.tag(
    `${version}-artifact`,
    layout.manifest({ artifactType: WASM, config, layers, annotations }),
  );
  return layout.finish();
}

/** Of an image that is only mounted: there is nothing in it to run. */
function imageConfig(layout: OciLayout, archive: Uint8Array, architecture: string): Descriptor {
  return layout.json(CONFIG, {
    created: "1970-01-01T00:00:00Z",
    architecture,
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(archive)}`] },
  });
}

function annotationsOf({ version, license, description }: Release): Record<string, string> {
  return {
    "org.opencontainers.image.title": "envoy-ai-proxy",
    "org.opencontainers.image.description": description,
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.licenses": license,
  };
}

/** https://higress.cn/en/docs/latest/user/wasm-image-spec/ */
function higressSpec({ version, description }: Release): string {
  return `apiVersion: 1.0.0
info:
  type: oss
  category: custom
  name: envoy-ai-proxy
  title: envoy-ai-proxy
  description: ${JSON.stringify(description)}
  version: ${version}
spec:
  phase: default
  priority: 100
`;
}
