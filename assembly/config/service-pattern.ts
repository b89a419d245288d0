// Matches clusters: by their plain name, or by host and port of `outbound|<port>|<subset>|<host>`.
import { startsAt } from "../text/starts-at";

/** One pattern of `_match_service_`: a cluster name, `<host>` or `<host>:<port>`. */
export class ServicePattern {
  private readonly host: string;
  /** "" for any. */
  private readonly port: string;

  constructor(private readonly pattern: string) {
    const colon = pattern.lastIndexOf(":");
    const hasPort = colon >= 0 && isNumber(pattern, colon + 1);
    this.host = hasPort ? pattern.substring(0, colon) : pattern;
    this.port = hasPort ? pattern.substring(colon + 1) : "";
  }

  /** Whether a cluster is meant. Makes no new strings. */
  matches(cluster: string): bool {
    if (cluster == this.pattern) return true;
    if (!cluster.startsWith("outbound|")) return false;
    const start = 9;
    const portEnd = cluster.indexOf("|", start);
    const hostStart = cluster.lastIndexOf("|") + 1;
    // Three bars: the subset stands between the last two.
    if (portEnd < 0 || hostStart <= portEnd + 1) return false;
    if (cluster.length - hostStart != this.host.length) return false;
    if (!startsAt(cluster, this.host, hostStart)) return false;
    if (this.port.length == 0) return true;
    return portEnd - start == this.port.length && startsAt(cluster, this.port, start);
  }
}

function isNumber(text: string, from: i32): bool {
  for (let i = from; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return from < text.length;
}
