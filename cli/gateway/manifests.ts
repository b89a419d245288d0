// A gateway as objects of Kubernetes: in an Envoy of its own, in Istio's gateways, in those of Envoy Gateway.
import { stringify } from "yaml";
import type { staticBootstrap } from "./bootstrap.ts";

type Bootstrap = ReturnType<typeof staticBootstrap>;

/** What can run a gateway. */
export type Target = "envoy" | "kubernetes" | "istio" | "envoy-gateway";

const OBJECTS: Record<Target, (bootstrap: Bootstrap) => object> = {
  envoy: (bootstrap) => bootstrap,
  kubernetes: configMap,
  istio: envoyFilter,
  "envoy-gateway": envoyPatchPolicy,
};

export const TARGETS = Object.keys(OBJECTS) as Target[];

/** What a target is configured with, as YAML. */
export function manifest(bootstrap: Bootstrap, target: Target): string {
  return toYaml(OBJECTS[target](bootstrap));
}

function toYaml(value: object): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** The name of all objects, and of their files' volumes. */
const metadata = { name: "ai-proxy" };

/** The whole file, for an Envoy that is started with it. */
function configMap(bootstrap: Bootstrap) {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    data: { "envoy.yaml": toYaml(bootstrap) },
  };
}

/** https://istio.io/latest/docs/reference/config/networking/envoy-filter/ */
function envoyFilter({ static_resources: { clusters, listeners } }: Bootstrap) {
  const added = (applyTo: string, values: readonly object[]) =>
    values.map((value) => ({
      applyTo,
      match: { context: "GATEWAY" },
      patch: { operation: "ADD", value },
    }));
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata,
    spec: {
      workloadSelector: { labels: { istio: "ingressgateway" } },
      configPatches: [...added("CLUSTER", clusters), ...added("LISTENER", listeners)],
    },
  };
}

/** https://gateway.envoyproxy.io/docs/api/extension_types/#envoypatchpolicy */
function envoyPatchPolicy({ static_resources: { clusters, listeners } }: Bootstrap) {
  const added = (type: string, values: readonly object[]) =>
    values.map((value) => ({
      type: `type.googleapis.com/envoy.config.${type}`,
      name: (value as { name: string }).name,
      // No path: the value is a resource of its own.
      operation: { op: "add", path: "", value },
    }));
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "EnvoyPatchPolicy",
    metadata,
    spec: {
      targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "ai-proxy" },
      type: "JSONPatch",
      jsonPatches: [
        ...added("cluster.v3.Cluster", clusters),
        ...added("listener.v3.Listener", listeners),
      ],
    },
  };
}
