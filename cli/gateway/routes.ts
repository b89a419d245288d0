// A route per rule and first provider; the others follow where it fails:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/route/v3/route_components.proto
import { duration, extension, MIB, ORDER_NAMESPACE } from "./envoy-parts.ts";
import {
  DEFAULT_BODY_LIMIT,
  DEFAULT_FALLBACK,
  type Gateway,
  type ModelEntry,
  nameOf,
  type Target,
  targetsOf,
} from "./gateway.ts";
import { rateLimits } from "./rate-limits.ts";

/** What the filter says to the routes, and no provider is to see. */
const OWN_HEADERS = ["x-llm-route", "x-llm-provider", "x-llm-model", "x-llm-stream"];

/** The route table of a gateway. */
export function routeConfig(gateway: Gateway) {
  return {
    name: "gateway",
    virtual_hosts: [
      {
        name: "gateway",
        domains: ["*"],
        ...rateLimits(gateway),
        routes: gateway.models.flatMap((entry) => routesOf(gateway, entry)),
      },
    ],
    request_headers_to_remove: [
      ...OWN_HEADERS,
      "x-forwarded-for",
      "x-forwarded-proto",
      "x-request-id",
    ],
  };
}

function routesOf(gateway: Gateway, entry: ModelEntry): object[] {
  const targets = targetsOf(entry);
  return targets.flatMap((first) => {
    // Streams first: the other route would take them too.
    const kinds = entry.firstTokenTimeout === undefined ? [false] : [true, false];
    return kinds.map((isStream) => route(gateway, entry, inOrder(targets, first), isStream));
  });
}

/** The first one, the ones behind it, and then those before it. */
function inOrder(targets: Target[], first: Target): Target[] {
  const at = targets.indexOf(first);
  return [...targets.slice(at), ...targets.slice(0, at)];
}

function route(gateway: Gateway, entry: ModelEntry, order: Target[], isStream: boolean): object {
  const [first] = order;
  const name = nameOf(entry);
  const headers = [exact("x-llm-route", name), exact("x-llm-provider", first?.id ?? "")];
  if (isStream) headers.push(exact("x-llm-stream", "true"));
  return {
    name: `${name}/${first?.id}${isStream ? "/stream" : ""}`,
    match: { prefix: "/", headers },
    request_body_buffer_limit: (gateway.requestBodyLimit ?? DEFAULT_BODY_LIMIT) + MIB,
    route: {
      timeout: "0s",
      inline_cluster_specifier_plugin: clusterSpecifier(order),
      retry_policy: retryPolicy(entry, order, isStream),
    },
  };
}

function exact(name: string, value: string): object {
  return { name, string_match: { exact: value } };
}

/** One group per attempt: Envoy goes to the next with each retry. */
function attemptsOf(order: Target[]): Target[] {
  return order.flatMap((target) => Array.from({ length: target.attempts ?? 1 }, () => target));
}

function clusterSpecifier(order: Target[]): object {
  const groups = attemptsOf(order).map(({ id }) => ({
    name: id,
    clusters: [{ cluster_name: id, weight: 100 }],
  }));
  return {
    extension: {
      name: "providers",
      typed_config: {
        "@type": extension(
          "router.cluster_specifiers.priority_group.v3.PriorityGroupClusterSpecifier",
        ),
        override_metadata_namespace: ORDER_NAMESPACE,
        priority_groups: groups,
      },
    },
  };
}

function retryPolicy(entry: ModelEntry, order: Target[], isStream: boolean): object {
  const causes = entry.fallbackOn ?? DEFAULT_FALLBACK;
  const words = causes.filter((one) => one !== "stall" && typeof one === "string");
  const codes = causes.filter((one) => typeof one === "number");
  const stalls = causes.includes("stall");
  return {
    retry_on: [...words, ...(codes.length > 0 ? ["retriable-status-codes"] : [])].join(","),
    retriable_status_codes: codes,
    num_retries: attemptsOf(order).length - 1,
    refresh_cluster_on_retry: true,
    retry_back_off: { base_interval: "0.005s", max_interval: "0.05s" },
    ...(isStream && stalls && entry.firstTokenTimeout !== undefined
      ? { per_try_idle_timeout: duration(entry.firstTokenTimeout) }
      : {}),
    ...(!isStream && entry.answerTimeout !== undefined
      ? { per_try_timeout: duration(entry.answerTimeout) }
      : {}),
  };
}
