// What of a configuration is secret, by its schema, and how it is kept away from a page.
import { readFileSync } from "node:fs";
import { isScalar, visit } from "yaml";
import type { Gateway } from "./gateway.ts";
import { readYaml } from "./yaml-places.ts";

interface Definition {
  properties?: Record<string, object>;
}

const SCHEMA = JSON.parse(
  readFileSync(new URL("../../config.schema.json", import.meta.url), "utf8"),
) as { $defs: Record<"provider" | "consumer", Definition> };

const SECRET_KINDS = /#\/\$defs\/(?:secret|multilineSecret|token|tokenText|consumerKey)"/;

/** Fields whose schema says that they hold credentials. */
function secretFields({ properties = {} }: Definition): ReadonlySet<string> {
  const entries = Object.entries(properties);
  return new Set(
    entries.filter(([, own]) => SECRET_KINDS.test(JSON.stringify(own))).map(([n]) => n),
  );
}

const OF_PROVIDERS = secretFields(SCHEMA.$defs.provider);
const OF_CONSUMERS = secretFields(SCHEMA.$defs.consumer);

/** Names of environment variables and hashes tell no secret. */
function isOpen(text: string): boolean {
  return text === "" || /^(?:\$\{[A-Za-z_]\w*\})+$/.test(text) || /^sha256:/.test(text);
}

/** A provider's fields with the name of a variable in the place of every secret that is written out. */
export function withoutSecrets<T extends object>(fields: T, nameOf = hiddenName): T {
  const entries = Object.entries(fields).map(([field, value]): [string, unknown] => {
    const map = (text: string) => (isOpen(text) ? text : `\${${nameOf(field)}}`);
    return [field, OF_PROVIDERS.has(field) ? mapTexts(value, map) : value];
  });
  return Object.fromEntries(entries) as T;
}

function hiddenName(field: string): string {
  return `HIDDEN_${upperSnakeCase(field)}`;
}

/** `awsSecretKey` as `AWS_SECRET_KEY` */
export function upperSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, "_$&").replaceAll("-", "_").toUpperCase();
}

/** The same value with other texts; a token's `id` is a name and stays. */
function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((own: unknown) => mapTexts(own, map));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, own]): [string, unknown] => [
    name,
    name === "id" ? own : mapTexts(own, map),
  ]);
  return Object.fromEntries(entries);
}

/** Every secret that is written out in a gateway. */
function secretsIn({ providers, consumers = [] }: Gateway): Set<string> {
  const found = new Set<string>();
  const collect = (entry: object, fields: ReadonlySet<string>) => {
    for (const [name, value] of Object.entries(entry)) {
      if (!fields.has(name)) continue;
      mapTexts(value, (text) => {
        if (!isOpen(text)) found.add(text);
        return text;
      });
    }
  };
  for (const entry of Object.values(providers)) collect(entry, OF_PROVIDERS);
  for (const entry of consumers) collect(entry, OF_CONSUMERS);
  return found;
}

/** Shorter ones are words that may stand anywhere. */
const SHORTEST_SWEPT = 8;

/** Texts of a gateway file without its secrets, and back. What stands for one never changes. */
export class HiddenSecrets {
  /** As they stand in the file, with their quotes; the value of each. */
  private readonly known: { source: string; value: string }[] = [];

  /** A text that is a gateway file, with `"${hidden:N}"` in the place of every secret written out. */
  hide(text: string): string {
    const { document } = readYaml(text);
    const secrets = secretsIn(document.toJS() as Gateway);
    const places: { start: number; end: number; name: string }[] = [];
    visit(document, {
      Scalar: (key, node) => {
        const value = String(node.value);
        if (key === "key" || !isScalar(node) || !secrets.has(value)) return;
        const [start, last] = node.range ?? [0, 0];
        // A block's last line break is part of it.
        const end = start + text.slice(start, last).trimEnd().length;
        places.push({ start, end, name: this.nameOf(text.slice(start, end), value) });
      },
    });
    let shown = text;
    for (const { start, end, name } of places.sort((a, b) => b.start - a.start)) {
      shown = `${shown.slice(0, start)}${name}${shown.slice(end)}`;
    }
    // Comments may repeat them.
    for (const value of secrets) {
      if (value.length >= SHORTEST_SWEPT)
        shown = shown.replaceAll(value, this.nameOf(value, value));
    }
    return shown;
  }

  /** The text as it is written to the file. */
  reveal(text: string): string {
    return text.replace(
      /"\$\{hidden:(\d+)\}"/g,
      (name, number) => this.known[Number(number)]?.source ?? name,
    );
  }

  /** What a value of the text means. */
  valueOf(value: string): string {
    const [, number] = /^\$\{hidden:(\d+)\}$/.exec(value) ?? [];
    return (number === undefined ? undefined : this.known[Number(number)]?.value) ?? value;
  }

  /** A message without any of them. */
  mask(message: string): string {
    const long = this.known.filter(({ value }) => value.length >= SHORTEST_SWEPT);
    return long.reduce((text, { value }) => text.replaceAll(value, "…"), message);
  }

  private nameOf(source: string, value: string): string {
    const found = this.known.findIndex((own) => own.source === source);
    const number = found < 0 ? this.known.push({ source, value }) - 1 : found;
    return `"\${hidden:${number}}"`;
  }
}
