// What the control planes of Istio and Envoy Gateway make of patches, as far as the manifests in deploy/ use them.

type Json = unknown;
type Members = Record<string, Json>;

function isMembers(value: Json): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Merges as protocol buffers do: members by name, lists one behind the other, all else replaced. */
export function merged(target: Json, patch: Json): Json {
  if (Array.isArray(target) && Array.isArray(patch)) return [...target, ...patch];
  if (!isMembers(target) || !isMembers(patch)) return patch;
  const entries = Object.entries(patch).map(([key, value]) => [
    key,
    key in target ? merged(target[key], value) : value,
  ]);
  return { ...target, ...(Object.fromEntries(entries) as Members) };
}

export interface MeshListener {
  name: string;
  filter_chains: { filters: NetworkFilter[] }[];
}

interface NetworkFilter {
  name: string;
  typed_config: { http_filters: { name: string }[] };
}

export interface MeshCluster {
  name: string;
}

/** https://istio.io/latest/docs/reference/config/networking/envoy-filter/ */
export interface EnvoyFilterSpec {
  configPatches: ConfigPatch[];
}

interface ConfigPatch {
  applyTo: string;
  match: {
    context: string;
    cluster?: { service: string };
    listener?: { filterChain: { filter: { name: string; subFilter?: { name: string } } } };
  };
  patch: { operation: string; value: Members };
}

export interface Mesh {
  listeners: MeshListener[];
  clusters: MeshCluster[];
  /** What the listeners' `config_discovery` is about. */
  extensions: Members[];
}

/** Applies one EnvoyFilter to what a gateway's Envoy gets; throws at what the manifests do not use. */
export function withEnvoyFilter(mesh: Mesh, { configPatches }: EnvoyFilterSpec): Mesh {
  return configPatches.reduce((before, own) => {
    if (own.match.context !== "GATEWAY") throw new Error(`${own.match.context} is no gateway`);
    const apply = PATCHES[`${own.applyTo} ${own.patch.operation}`];
    if (apply === undefined) throw new Error(`${own.applyTo} ${own.patch.operation}`);
    return apply(before, own);
  }, mesh);
}

const PATCHES: Record<string, (mesh: Mesh, patch: ConfigPatch) => Mesh> = {
  "EXTENSION_CONFIG ADD": (mesh, { patch }) => ({
    ...mesh,
    extensions: [...mesh.extensions, patch.value],
  }),
  "CLUSTER ADD": (mesh, { patch }) => ({
    ...mesh,
    clusters: [...mesh.clusters, patch.value as unknown as MeshCluster],
  }),
  "CLUSTER MERGE": (mesh, { match, patch }) => ({
    ...mesh,
    clusters: mesh.clusters.map((own) =>
      own.name.endsWith(`|${match.cluster?.service}`)
        ? (merged(own, patch.value) as MeshCluster)
        : own,
    ),
  }),
  "LISTENER ADD": (mesh, { patch }) => ({
    ...mesh,
    listeners: [...mesh.listeners, patch.value as unknown as MeshListener],
  }),
  "LISTENER MERGE": (mesh, { patch }) => ({
    ...mesh,
    listeners: mesh.listeners.map((own) => merged(own, patch.value) as MeshListener),
  }),
  "NETWORK_FILTER MERGE": (mesh, own) =>
    withFilters(mesh, own, (filter) => merged(filter, own.patch.value) as NetworkFilter),
  "HTTP_FILTER INSERT_BEFORE": (mesh, own) =>
    withFilters(mesh, own, (filter) => {
      const name = own.match.listener?.filterChain.filter.subFilter?.name;
      const filters = [...filter.typed_config.http_filters];
      const place = filters.findIndex((found) => found.name === name);
      if (place >= 0) filters.splice(place, 0, own.patch.value as { name: string });
      return { ...filter, typed_config: { ...filter.typed_config, http_filters: filters } };
    }),
};

/** Changes the network filters that a patch is about. */
function withFilters(
  mesh: Mesh,
  { match }: ConfigPatch,
  change: (filter: NetworkFilter) => NetworkFilter,
): Mesh {
  const name = match.listener?.filterChain.filter.name;
  const listeners = mesh.listeners.map((listener) => ({
    ...listener,
    filter_chains: listener.filter_chains.map((chain) => ({
      ...chain,
      filters: chain.filters.map((filter) => (filter.name === name ? change(filter) : filter)),
    })),
  }));
  return { ...mesh, listeners };
}

/** https://gateway.envoyproxy.io/docs/api/extension_types/#jsonpatchoperation */
export interface PatchOperation {
  name: string;
  operation: { op: string; jsonPath: string; path: string; value: Json };
}

/** Applies one `add` at every place that a path of the form `..list[?(@.name=='…')].member` finds. */
export function withOperation<Resource>(
  resource: Resource,
  { operation }: PatchOperation,
): Resource {
  const { op, jsonPath, path, value } = operation;
  const form = /^\.\.(\w+)\[\?\(@\.name=='([^']+)'\)\]((?:\.\w+)*)$/.exec(jsonPath);
  const [, list = "", name = "", tail = ""] = form ?? [];
  if (op !== "add" || form === null || !/^\/\w+$/.test(path)) throw new Error(jsonPath);
  const copy = structuredClone(resource);
  const places = listsCalled(copy, list)
    .flatMap((found) => found.filter((own) => isMembers(own) && own["name"] === name))
    .map((own) => tail.split(".").slice(1).reduce(member, own));
  if (places.length === 0) throw new Error(`nothing is at ${jsonPath}`);
  for (const place of places) (place as Members)[path.slice(1)] = value;
  return copy;
}

function member(value: Json, name: string): Json {
  if (!isMembers(value)) throw new Error(`${name} of what has no members`);
  return value[name];
}

/** Every list under a name, at any depth. */
function listsCalled(value: Json, name: string): Json[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, own]) => {
    const found = key === name && Array.isArray(own) ? [own as Json[]] : [];
    return [...found, ...listsCalled(own, name)];
  });
}
