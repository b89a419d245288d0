// What `azureServiceUrl` says: https://learn.microsoft.com/azure/ai-foundry/openai/reference

/** How much of a request's path a URL settles. */
export const enum AzureUrlKind {
  /** The host: `https://name.openai.azure.com?api-version=…`. The model is the deployment. */
  Resource,
  /** One deployment: `…/openai/deployments/name`. */
  Deployment,
  /** A base that all paths follow: `…/openai/v1`, or `…/models` of Foundry. */
  Base,
  /** Any other path is that of every request. */
  Whole,
}

/** The parts of one URL, which may come without a scheme. */
export class AzureUrl {
  kind: AzureUrlKind = AzureUrlKind.Resource;
  host: string = "";
  /** What stands before `/openai`, the base, or the whole path; never ends in a slash. */
  path: string = "";
  /** The deployment as it stands in the path, or "". */
  deployment: string = "";
  private query: string = "";
  private version: string = "";

  constructor(url: string) {
    const scheme = url.indexOf("://");
    let rest = scheme < 0 ? url : url.substring(scheme + 3);
    const fragment = rest.indexOf("#");
    if (fragment >= 0) rest = rest.substring(0, fragment);
    const mark = rest.indexOf("?");
    if (mark >= 0) {
      this.query = rest.substring(mark + 1);
      rest = rest.substring(0, mark);
    }
    const slash = rest.indexOf("/");
    this.host = slash < 0 ? rest : rest.substring(0, slash);
    this.version = valueIn(this.query, "api-version=");
    if (slash >= 0) this.readPath(rest.substring(slash));
  }

  private readPath(path: string): void {
    while (path.endsWith("/")) path = path.substring(0, path.length - 1);
    const mark = "/openai/deployments/";
    const at = path.indexOf(mark);
    const deployment = at < 0 ? "" : path.substring(at + mark.length);
    this.path = path;
    if (path.endsWith("/openai/v1") || path == "/models") {
      this.kind = AzureUrlKind.Base;
    } else if (deployment.length > 0 && !deployment.includes("/")) {
      this.kind = AzureUrlKind.Deployment;
      this.deployment = deployment;
      this.path = path.substring(0, at);
    } else if (path.endsWith("/openai")) {
      this.path = path.substring(0, path.length - 7);
    } else if (path.length > 0) {
      this.kind = AzureUrlKind.Whole;
    }
  }

  /** What is wrong with the URL, or "". */
  check(): string {
    if (this.host.length == 0) {
      return "azureServiceUrl: expected the URL of the service, with api-version in its query";
    }
    if (this.version.length > 0 || this.path.includes("/openai/v1")) return "";
    return "azureServiceUrl: expected api-version in its query, or a path of /openai/v1";
  }

  /** Whether the API's version is a date before this one. */
  isBefore(date: string): bool {
    return this.version.startsWith("2") && this.version < date;
  }

  /**
   * The client's query, then the URL's own. At dated paths the realtime API calls the model a
   * deployment.
   */
  queryAfter(query: string, isRealtime: bool): string {
    const parts: string[] = [];
    const members = query.split("&");
    const hasDeployment = isRealtime && this.kind < AzureUrlKind.Base;
    for (let i = 0; i < members.length; ++i) {
      const member = members[i];
      if (member.length == 0) continue;
      if (this.version.length > 0 && member.startsWith("api-version=")) continue;
      const isModel = hasDeployment && member.startsWith("model=");
      const fixed = this.deployment;
      if (!isModel) parts.push(member);
      else parts.push("deployment=" + (fixed.length > 0 ? fixed : member.substring(6)));
    }
    if (this.query.length > 0) parts.push(this.query);
    return parts.join("&");
  }
}

/** The value behind `name=` in a query, or "". */
function valueIn(query: string, name: string): string {
  const members = query.split("&");
  for (let i = 0; i < members.length; ++i) {
    if (members[i].startsWith(name)) return members[i].substring(name.length);
  }
  return "";
}
