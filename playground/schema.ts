// The parts of a JSON Schema that say what may stand at a place: https://json-schema.org/draft/2020-12/json-schema-core
import type { Path } from "../cli/gateway/yaml-places.ts";

/** The keywords that are read. */
export interface Schema {
  $ref?: string;
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
  $defs?: Record<string, Schema>;
}

/** A schema and the document that its references are about. */
interface Placed {
  schema: Schema;
  home: Schema;
}

/** Deeper than any schema of this project refers. */
const DEEPEST = 8;

/** Several schemas that refer to one another by their file names. */
export class Schemas {
  constructor(private readonly files: Readonly<Record<string, Schema>>) {}

  /** Every schema that holds at a path of a text whose schema is `file`. */
  at(file: string, path: Path): Schema[] {
    const home = this.files[file];
    if (home === undefined) return [];
    let here = this.spread({ schema: home, home });
    for (const step of path) {
      here = here.flatMap((own) => this.step(own, step)).flatMap((own) => this.spread(own));
    }
    return here.map(({ schema }) => schema);
  }

  private step({ schema, home }: Placed, step: string | number): Placed[] {
    if (typeof step === "number") {
      return schema.items === undefined ? [] : [{ schema: schema.items, home }];
    }
    const named = schema.properties?.[step];
    if (named !== undefined) return [{ schema: named, home }];
    const { additionalProperties: other } = schema;
    return typeof other === "object" ? [{ schema: other, home }] : [];
  }

  /** A schema with all that it refers to and all its alternatives. */
  private spread(placed: Placed, depth = 0): Placed[] {
    if (depth > DEEPEST) return [];
    const { schema, home } = placed;
    const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? [])];
    const inner = parts.flatMap((own) => this.spread({ schema: own, home }, depth + 1));
    const target = this.target(placed);
    const more = target === null ? [] : this.spread(target, depth + 1);
    return [placed, ...inner, ...more];
  }

  private target({ schema: { $ref }, home }: Placed): Placed | null {
    if ($ref === undefined) return null;
    const [file = "", name] = $ref.split("#/$defs/");
    const document = file === "" ? home : this.files[file];
    if (document === undefined) return null;
    const schema = name === undefined ? document : document.$defs?.[name];
    return schema === undefined ? null : { schema, home: document };
  }
}
