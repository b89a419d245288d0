// The address of a compatible server that a configuration gives as one URL.

/** Endings that name one endpoint, which then serves every call. */
// @ts-ignore: decorator
@lazy
const DIRECT_SUFFIXES: StaticArray<string> = [
  "/completions",
  "/embeddings",
  "/rerank",
  "/audio/speech",
  "/audio/transcriptions",
  "/audio/translations",
  "/images/generations",
  "/images/variations",
  "/images/edits",
  "/models",
  "/responses",
  "/fine_tuning/jobs",
  "/fine_tuning/checkpoints",
  "/videos",
];

/** A URL that is a base for all paths, in place of `/v1`, or itself the one path for every call. */
export class CustomUrl {
  /** Host with its port; "" where no URL is configured. */
  host: string = "";
  private path: string = "";
  private isDirect: bool = false;

  /** `url` may come without a scheme; "" stands for none. */
  constructor(private readonly url: string) {
    const scheme = url.indexOf("://");
    const rest = scheme < 0 ? url : url.substring(scheme + 3);
    const slash = rest.indexOf("/");
    this.host = slash < 0 ? rest : rest.substring(0, slash);
    let path = slash < 0 ? "" : rest.substring(slash);
    while (path.endsWith("/")) path = path.substring(0, path.length - 1);
    this.path = path;
    for (let i = 0; i < DIRECT_SUFFIXES.length; ++i) {
      if (path.endsWith(unchecked(DIRECT_SUFFIXES[i]))) this.isDirect = true;
    }
  }

  /** Whether there is a URL that names no host. */
  isBroken(): bool {
    return this.url.length > 0 && this.host.length == 0;
  }

  /** The path at this address for one of a provider's own paths. */
  pathOf(path: string): string {
    if (this.host.length == 0) return path;
    if (this.isDirect) return this.path;
    return this.path + (path.startsWith("/v1/") ? path.substring(3) : path);
  }
}
