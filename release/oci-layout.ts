// A folder of images as registries have them, without a registry:
// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";

/** What a manifest says of a blob. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  /** In bytes. */
  size: number;
  annotations?: Record<string, string>;
  platform?: Platform;
}

/** The machine that an image is for, in Go's words. */
export interface Platform {
  os: string;
  architecture: string;
}

export interface Manifest {
  /** What the image is, where it is none that a container is made of. */
  artifactType?: string;
  config: Descriptor;
  layers: Descriptor[];
  annotations: Record<string, string>;
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Writes blobs as they come, and at last the index that names the images. */
export class OciLayout {
  private readonly tagged: Descriptor[] = [];

  /** `folder` is emptied. */
  constructor(private readonly folder: string) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  }

  blob(mediaType: string, content: Uint8Array, title?: string): Descriptor {
    const hash = sha256(content);
    writeFileSync(join(this.folder, "blobs/sha256", hash), content);
    const annotations =
      title === undefined ? {} : { annotations: { "org.opencontainers.image.title": title } };
    return { mediaType, digest: `sha256:${hash}`, size: content.length, ...annotations };
  }

  json(mediaType: string, value: object): Descriptor {
    return this.blob(mediaType, Buffer.from(JSON.stringify(value)));
  }

  manifest({ artifactType, ...manifest }: Manifest): Descriptor {
    const type = artifactType === undefined ? {} : { artifactType };
    return this.json(MANIFEST, { schemaVersion: 2, mediaType: MANIFEST, ...type, ...manifest });
  }

  /** The same image for several machines. */
  index(manifests: Descriptor[]): Descriptor {
    return this.json(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
  }

  /** Gives a tag to a manifest or an index. */
  tag(name: string, descriptor: Descriptor): void {
    const annotations = { "org.opencontainers.image.ref.name": name };
    this.tagged.push({ ...descriptor, annotations });
  }

  /** Writes the layout's own files; returns the digests by their tags. */
  finish(): Map<string, string> {
    const index = { schemaVersion: 2, mediaType: INDEX, manifests: this.tagged };
    writeFileSync(join(this.folder, "index.json"), JSON.stringify(index));
    writeFileSync(join(this.folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    return new Map(
      this.tagged.map(({ annotations, digest }) => [
        annotations?.["org.opencontainers.image.ref.name"] ?? "",
        digest,
      ]),
    );
  }
}
