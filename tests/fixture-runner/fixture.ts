// One behaviour as a folder of files, read into memory.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** `null` means absent, `"$any"` means present with any value. */
export type ExpectedHeaders = Readonly<Record<string, string | null>>;

/** A call that the filter makes itself, and the answer it gets. */
export interface FixtureCall {
  readonly cluster: string;
  readonly method?: string;
  readonly path: string;
  readonly host?: string;
  readonly headers?: ExpectedHeaders;
  /** The exact body as text; not looked at where absent. */
  readonly body?: string;
  readonly response: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
}

/** The content of case.json. */
export interface FixtureCase {
  readonly shows: string;
  readonly config: unknown;
  readonly request?: {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** HTTP/1.1 unless given; on the host only. */
    readonly protocol?: string;
  };
  readonly response?: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly calls?: readonly FixtureCall[];
  readonly expect?: { readonly status?: number; readonly headers?: ExpectedHeaders };
  readonly cuts?: "every" | "none";
  readonly skip?: { readonly envoy?: string; readonly host?: string };
  readonly source?: string;
}

/** The content of upstream-request.json, still as text so that numbers keep their form. */
export interface FixtureFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A folder in memory; a file that is not there is null. */
export interface Fixture {
  /** `<provider>/<case>`. */
  readonly name: string;
  readonly folder: string;
  readonly content: FixtureCase;
  readonly request: FixtureFile | null;
  readonly upstreamRequest: FixtureFile | null;
  readonly upstreamResponse: FixtureFile | null;
  readonly response: FixtureFile | null;
}

const KNOWN_KEYS = new Set(
  "shows config request response calls expect cuts skip source".split(" "),
);
const KNOWN_FILES = new Set(
  (
    "case.json request.json request.txt request.bin upstream-request.json " +
    "upstream-response.json upstream-response.sse upstream-response.txt upstream-response.bin " +
    "upstream-response.ws " +
    "response.json response.sse response.txt"
  ).split(" "),
);

/**
 * All fixtures below a folder, by name; `only` keeps those whose name contains it.
 * One that cannot be read goes to `broken`, which throws unless given.
 */
export function loadFixtures(
  root: string,
  only = "",
  broken: (name: string, error: unknown) => void = rethrow,
): Fixture[] {
  const names = folders(root).flatMap((provider) =>
    folders(join(root, provider)).map((own) => `${provider}/${own}`),
  );
  return names.flatMap((name) => {
    if (!name.includes(only)) return [];
    try {
      return [loadFixture(root, name)];
    } catch (error) {
      broken(name, error);
      return [];
    }
  });
}

function rethrow(name: string, error: unknown): never {
  throw error instanceof Error ? error : new Error(`${name}: ${String(error)}`);
}

/** Reads one folder; throws an Error that names what is wrong with it. */
export function loadFixture(root: string, name: string): Fixture {
  const folder = join(root, name);
  const files = readdirSync(folder);
  const unknown = files.find((file) => !KNOWN_FILES.has(file));
  if (unknown !== undefined) throw new Error(`${name}: no fixture has a file ${unknown}`);
  if (!files.includes("case.json")) throw new Error(`${name}: case.json is missing`);
  const content = readCase(name, join(folder, "case.json"));
  const key = Object.keys(content).find((own) => !KNOWN_KEYS.has(own));
  if (key !== undefined) throw new Error(`${name}: case.json has an unknown member ${key}`);
  if (typeof content.shows !== "string" || content.config === undefined) {
    throw new Error(`${name}: case.json needs "shows" and "config"`);
  }
  const read = (stem: string): FixtureFile | null => {
    const own = files.filter((file) => file.startsWith(`${stem}.`));
    if (own.length > 1) throw new Error(`${name}: ${own.join(" and ")} exclude each other`);
    const file = own[0];
    return file === undefined ? null : { name: file, bytes: readFileSync(join(folder, file)) };
  };
  return {
    name,
    folder,
    content,
    request: read("request"),
    upstreamRequest: read("upstream-request"),
    upstreamResponse: read("upstream-response"),
    response: read("response"),
  };
}

function readCase(name: string, path: string): FixtureCase {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as FixtureCase;
  } catch (error) {
    throw new Error(`${name}: case.json: ${String(error)}`, { cause: error });
  }
}

/** The path of a file of the fixture. */
export function fixtureFile(fixture: Fixture, name: string): string {
  return join(fixture.folder, name);
}

/** The ending of the file's name, without the dot. */
export function extension(file: FixtureFile): string {
  return extname(file.name).slice(1);
}

/** The content as UTF-8. */
export function text(file: FixtureFile): string {
  return Buffer.from(file.bytes).toString("utf8");
}

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
