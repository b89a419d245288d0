// One endpoint of the client's API: its name, its path, its methods.
import { climbs } from "../text/url";
import { Capability } from "./capability";

/** How the body of a capability's request is treated. */
export const enum BodyKind {
  /** No body, or one that is sent on as it is. */
  Opaque,
  /** A JSON object with a `model`. */
  Json,
}

/** One endpoint of the client's API. */
export class Endpoint {
  private readonly segments: string[];
  private readonly methodNames: string[];

  constructor(
    readonly capability: Capability,
    /** Its name in configurations. */
    readonly key: string,
    /** Its path after `/v1`, with `{…}` for parameters. */
    readonly path: string,
    /** The methods it takes, separated by a space. */
    readonly methods: string,
    readonly body: BodyKind = BodyKind.Opaque,
  ) {
    this.segments = path.split("/");
    this.methodNames = methods.split(" ");
  }

  /** Whether the segments of a client's path fit. Parameters go to `parameters`. */
  matches(path: string[], parameters: string[]): bool {
    const own = this.segments;
    if (own.length != path.length) return false;
    parameters.length = 0;
    for (let i = 1; i < own.length; ++i) {
      if (own[i].startsWith("{")) {
        // What follows the parameter in its segment has to stand there.
        const tail = own[i].substring(own[i].indexOf("}") + 1);
        if (!path[i].endsWith(tail)) return false;
        const value = path[i].substring(0, path[i].length - tail.length);
        if (value.length == 0 || climbs(value)) return false;
        parameters.push(value);
      } else if (own[i] != path[i]) {
        return false;
      }
    }
    return true;
  }

  takes(method: string): bool {
    return this.methodNames.includes(method);
  }
}
