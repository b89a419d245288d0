// What is damaged: the requests, the answers and the configurations of all fixtures.
import { fileURLToPath } from "node:url";
import { loadFixtures, text, type Fixture } from "../fixture-runner/fixture.ts";

/** The secret that stands in the place of plain tokens: nothing that leaves the gateway may show it. */
export const CANARY = "canary-6f1c52a9d7";
const SHORTEST_SECRET = 8;
const SECRET_KEYS = new Set(
  (
    "apiTokens token awsAccessKey awsSecretKey awsSessionToken hunyuanAuthId hunyuanAuthKey " +
    "klingAccessKey klingSecretKey vertexAuthKey"
  ).split(" "),
);

/** A fixture with its secrets. */
export interface Seed {
  readonly fixture: Fixture;
  readonly config: Readonly<Record<string, unknown>>;
  readonly type: string;
  readonly isOriginal: boolean;
  readonly secrets: readonly string[];
}

/** All fixtures that the host can run, in their order. */
export function loadSeeds(only = ""): Seed[] {
  const folder = fileURLToPath(new URL("../fixtures", import.meta.url));
  return loadFixtures(folder, only)
    .filter(({ content }) => content.skip?.host === undefined)
    .flatMap((fixture) => {
      const { config } = fixture.content;
      const isObject = typeof config === "object" && config !== null && !Array.isArray(config);
      return isObject ? [seedOf(fixture, config as Record<string, unknown>)] : [];
    });
}

function seedOf(fixture: Fixture, config: Record<string, unknown>): Seed {
  const provider = (config["provider"] ?? {}) as { type?: string; protocol?: string };
  const { type = "", protocol = "" } = provider;
  const isOriginal =
    protocol === "original" || "_rules_" in config || provider !== config["provider"];
  return { fixture, config, type, isOriginal, secrets: secretsIn(config) };
}

/** The configuration with a canary in the place of each plain token. */
export function withCanary(config: unknown): unknown {
  return JSON.parse(JSON.stringify(config), (key, value: unknown) => {
    if (key !== "apiTokens" || !Array.isArray(value)) return value;
    return value.map((own, i) => (typeof own === "string" ? `${CANARY}-${i}` : (own as unknown)));
  });
}

/** Texts of a configuration that are secrets, as far as they are long enough to be told from words. */
export function secretsIn(value: unknown, key = ""): string[] {
  if (typeof value === "string") {
    const isSecret = SECRET_KEYS.has(key) && value.length >= SHORTEST_SECRET;
    return isSecret && !value.startsWith("${") ? secretParts(value) : [];
  }
  if (Array.isArray(value)) return value.flatMap((own) => secretsIn(own, key));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, own]) => secretsIn(own, name));
}

/** Of a service account's key only the private key is one. */
function secretParts(value: string): string[] {
  const key = /"private_key"\s*:\s*"([^"]{8,})"/.exec(value)?.[1];
  return [key === undefined ? value : key.slice(30, 90)];
}

/** The JSON of a fixture's request, or null where it has none. */
export function requestJson(fixture: Fixture): Record<string, unknown> | null {
  try {
    return fixture.request === null
      ? null
      : (JSON.parse(text(fixture.request)) as Record<string, unknown>);
  } catch {
    return null;
  }
}
