// The rules of `_rules_`: which provider serves which route, domain or service.
import { DomainPattern, hostLength } from "./domain-pattern";
import { FieldReader } from "./field-reader";
import { ProviderConfig } from "./provider-config";
import { ServicePattern } from "./service-pattern";

/** What a rule compares; a rule compares one thing, or route and service together. */
const enum RuleKind {
  Route,
  RouteAndService,
  Domain,
  Service,
  RoutePrefix,
}

/** One rule. */
export class Rule {
  private kind: RuleKind = RuleKind.Route;
  private routes: string[] = [];
  private domains: DomainPattern[] = [];
  private services: ServicePattern[] = [];
  private prefixes: string[] = [];
  /** Null: requests that match are left alone. */
  provider: ProviderConfig | null = null;

  /** Reads what the rule compares. One without any such key is an error. */
  readMatchers(reader: FieldReader): void {
    this.routes = readNames(reader, "_match_route_");
    this.prefixes = readNames(reader, "_match_route_prefix_");
    const domains = readNames(reader, "_match_domain_");
    for (let i = 0; i < domains.length; ++i) {
      warnOfDomain(reader, domains[i]);
      this.domains.push(new DomainPattern(domains[i]));
    }
    const services = readNames(reader, "_match_service_");
    for (let i = 0; i < services.length; ++i) this.services.push(new ServicePattern(services[i]));
    if (this.routes.length > 0) {
      this.kind = services.length > 0 ? RuleKind.RouteAndService : RuleKind.Route;
    } else if (domains.length > 0) {
      this.kind = RuleKind.Domain;
    } else if (services.length > 0) {
      this.kind = RuleKind.Service;
    } else if (this.prefixes.length > 0) {
      this.kind = RuleKind.RoutePrefix;
    } else {
      const keys = "_match_route_, _match_domain_, _match_service_ or _match_route_prefix_";
      reader.report.fail(reader.path, "expected " + keys + " with at least one name");
    }
  }

  /** Whether a request is meant. Makes no new strings. */
  matches(host: string, route: string, cluster: string): bool {
    switch (this.kind) {
      case RuleKind.Route:
        return this.routes.includes(route);
      case RuleKind.RouteAndService:
        return this.routes.includes(route) && this.matchesService(cluster);
      case RuleKind.Domain:
        return this.matchesDomain(host);
      case RuleKind.Service:
        return this.matchesService(cluster);
      default:
        return this.matchesPrefix(route);
    }
  }

  private matchesDomain(host: string): bool {
    const length = hostLength(host);
    for (let i = 0; i < this.domains.length; ++i) {
      if (this.domains[i].matches(host, length)) return true;
    }
    return false;
  }

  private matchesService(cluster: string): bool {
    for (let i = 0; i < this.services.length; ++i) {
      if (this.services[i].matches(cluster)) return true;
    }
    return false;
  }

  private matchesPrefix(route: string): bool {
    for (let i = 0; i < this.prefixes.length; ++i) {
      if (route.startsWith(this.prefixes[i])) return true;
    }
    return false;
  }
}

/** The names under a key; empty ones do not count. */
function readNames(reader: FieldReader, key: string): string[] {
  const names = reader.stringList(key);
  const kept: string[] = [];
  for (let i = 0; i < names.length; ++i) if (names[i].length > 0) kept.push(names[i]);
  return kept;
}

function warnOfDomain(reader: FieldReader, domain: string): void {
  const path = reader.pathOf("_match_domain_");
  const star = domain.indexOf("*", 1);
  if (star >= 0 && (domain.startsWith("*") || star < domain.length - 1)) {
    reader.report.warn(path, "only one * at the beginning or the end of a domain has a meaning");
  }
  if (hostLength(domain) < domain.length) {
    reader.report.warn(path, "ports are not compared, so a domain with a port never matches");
  }
}
