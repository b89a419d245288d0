// A route per rule and first provider; the others follow where it fails:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/route/v3/route_components.proto
import { compositeName, isComposite } from "./composites.ts";
import {
  duration,
  type EnvoyVersion,
  extension,
  MIB,
  NEWEST_ENVOY,
  ORDER_NAMESPACE,
} from "./envoy-parts.ts";
import {
  DEFAULT_BODY_LIMIT,
  DEFAULT_FALLBACK,
  type Gateway,
  type ModelEntry,
  nameOf,
  stalls,
  type Target,
} from "./gateway.ts";
import { attemptsOf, ordersOf } from "./orders.ts";
import { rateLimits } from "./rate-limits.ts";

/** What the filter says to the routes, and no provider is to see. */
const OWN_HEADERS = ["x-llm-route", "x-llm-provider", "x-llm-model", "x-llm-stream"];

/** Errors with this header are dropped as long as another attempt is under way. */
const YIELDS = "x-llm-yields";

/** The route table of a gateway. */
export function routeConfig(gateway: Gateway, envoy: EnvoyVersion = NEWEST_ENVOY) {
  return {
    name: "gateway",
    virtual_hosts: [
      {
        name: "gateway",
        domains: ["*"],
        ...rateLimits(gateway),
        routes: gateway.models.flatMap((entry) => routesOf(gateway, entry, envoy)),
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

function routesOf(gateway: Gateway, entry: ModelEntry, envoy: EnvoyVersion): object[] {
  const isDivided = entry.firstTokenTimeout !== undefined || entry.answerTimeout !== undefined;
  // Streams first: the other route would take them too.
  const kinds = isDivided ? [true, false] : [false];
  return ordersOf(entry).flatMap((order) =>
    kinds.map((isStream) => route(gateway, entry, order, isStream, envoy)),
  );
}

function route(
  gateway: Gateway,
  entry: ModelEntry,
  order: Target[],
  isStream: boolean,
  envoy: EnvoyVersion,
): object {
  const [first] = order;
  const name = nameOf(entry);
  const headers = [exact("x-llm-route", name), exact("x-llm-provider", first?.id ?? "")];
  if (isStream) headers.push(exact("x-llm-stream", "true"));
  const hedges = entry.strategy === "hedge";
  const limit = (gateway.requestBodyLimit ?? DEFAULT_BODY_LIMIT) + MIB;
  const { answerTimeout } = entry;
  return {
    name: `${name}/${first?.id}${isStream ? "/stream" : ""}`,
    match: { prefix: "/", headers },
    request_body_buffer_limit: limit,
    ...(hedges ? { response_headers_to_remove: [YIELDS] } : {}),
    route: {
      // Each attempt of a hedged rule has hedgeDelay as its time: what is left is the whole request's.
      timeout: hedges && !isStream && answerTimeout !== undefined ? duration(answerTimeout) : "0s",
      ...(isComposite(entry, envoy)
        ? { cluster: compositeName(entry, order) }
        : { inline_cluster_specifier_plugin: clusterSpecifier(order) }),
      ...(hedges ? { hedge_policy: { hedge_on_per_try_timeout: true } } : {}),
      retry_policy: {
        ...retryPolicy(entry, order, isStream),
        ...(isComposite(entry, envoy) ? {} : { refresh_cluster_on_retry: true }),
      },
    },
  };
}

function exact(name: string, value: string): object {
  return { name, string_match: { exact: value } };
}

/** One group per attempt: Envoy goes to the next with each retry. */
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
  const hedges = entry.strategy === "hedge";
  return {
    retry_on: [
      ...words,
      ...(codes.length > 0 ? ["retriable-status-codes"] : []),
      ...(hedges ? ["retriable-headers"] : []),
    ].join(","),
    ...(hedges ? { retriable_headers: [{ name: YIELDS, present_match: true }] } : {}),
    retriable_status_codes: codes,
    num_retries: attemptsOf(order).length - 1,
    retry_back_off: { base_interval: "0.005s", max_interval: "0.05s" },
    ...(isStream && !hedges && stalls(entry) && entry.firstTokenTimeout !== undefined
      ? { per_try_idle_timeout: duration(entry.firstTokenTimeout) }
      : {}),
    ...perTryTimeout(entry, isStream),
  };
}

/** How long one attempt may take: behind it a hedged rule asks the next provider as well, another one instead. */
function perTryTimeout(
  { strategy, hedgeDelay, answerTimeout }: ModelEntry,
  isStream: boolean,
): object {
  const limit = strategy === "hedge" ? hedgeDelay : isStream ? undefined : answerTimeout;
  return limit === undefined ? {} : { per_try_timeout: duration(limit) };
}
