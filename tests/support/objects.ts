// Objects of Kubernetes from files, and the schemas that come with their kinds.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { parse, parseAllDocuments } from "yaml";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface KubernetesObject<Spec = unknown> {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  spec: Spec;
}

/** The objects of a file, by its path from the top folder. */
export function objectsOf(file: string): KubernetesObject[] {
  return parseAllDocuments(readFileSync(join(ROOT, file), "utf8")).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as KubernetesObject;
  });
}

/** Those of one kind; `Spec` says what a test reads of them. */
export function ofKind<Spec>(objects: KubernetesObject[], kind: string): KubernetesObject<Spec>[] {
  return objects.filter((own) => own.kind === kind) as KubernetesObject<Spec>[];
}

/** The only one of a kind. */
export function theOnly<Spec>(objects: KubernetesObject[], kind: string): KubernetesObject<Spec> {
  const [first, ...others] = ofKind<Spec>(objects, kind);
  if (first === undefined || others.length > 0) throw new Error(`not exactly one ${kind}`);
  return first;
}

type Schema = { [key: string]: unknown };

interface Definition {
  spec: {
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
  };
}

/** What is wrong with an object by its kind's definition in tests/schemas; "" where nothing is. */
export function problemsWith(object: KubernetesObject, definition: string): string {
  const { schema, version } = schemaOf(definition);
  if (!object.apiVersion.endsWith(`/${version}`)) return `${object.apiVersion} is not ${version}`;
  // Formats such as int32 are the API server's own.
  const ajv = new Ajv({ strict: false, allErrors: true, formats: { int32: true, int64: true } });
  ajv.addFormat("date-time", true);
  return ajv.validate(schema, object) ? "" : ajv.errorsText();
}

/** The schema of a definition, which refuses what it does not know, and the version that it is of. */
export function schemaOf(definition: string): { schema: Schema; version: string } {
  const text = readFileSync(join(ROOT, "tests/schemas", definition), "utf8");
  const [newest] = (parse(text) as Definition).spec.versions;
  if (newest === undefined) throw new Error(`${definition} has no version`);
  const schema = closed(newest.schema.openAPIV3Schema);
  // These three belong to every kind.
  const properties = {
    ...(schema["properties"] as Schema),
    apiVersion: {},
    kind: {},
    metadata: {},
  };
  return { schema: { ...schema, properties }, version: newest.name };
}

/** The API server drops unknown members without a word; here they are errors. */
function closed(schema: Schema): Schema {
  const copy: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties") {
      const entries = Object.entries(value as Record<string, Schema>);
      copy[key] = Object.fromEntries(entries.map(([name, own]) => [name, closed(own)]));
    } else if (key === "items") copy[key] = closed(value as Schema);
    else copy[key] = value;
  }
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if ("properties" in schema && !isOpen) copy["additionalProperties"] = false;
  return copy;
}
