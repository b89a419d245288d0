// A JSON object per request on standard output:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/observability/access_log/usage
import { extension } from "./envoy-parts.ts";
import type { Gateway } from "./gateway.ts";

/** What the plugin leaves of a request under a key. */
function key(name: string): string {
  return `%FILTER_STATE(wasm.${name}:PLAIN)%`;
}

const BASE = {
  time: "%START_TIME%",
  id: "%STREAM_ID%",
  method: "%REQ(:METHOD)%",
  path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
  status: "%RESPONSE_CODE%",
  flags: "%RESPONSE_FLAGS%",
  details: "%RESPONSE_CODE_DETAILS%",
  route: "%ROUTE_NAME%",
  provider: key("llm_provider"),
  attempts: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
  failed: key("llm_attempts"),
  consumer: key("llm_consumer"),
  tokens: key("llm_total_tokens"),
  upstream: "%UPSTREAM_HOST%",
  bytes_received: "%BYTES_RECEIVED%",
  bytes_sent: "%BYTES_SENT%",
  duration_ms: "%DURATION%",
  first_byte_ms: "%RESPONSE_DURATION%",
};

const KEYS = {
  type: key("request_type"),
  requested_model: key("request_llm_model"),
  model: key("llm_model"),
  prompt_tokens: key("llm_prompt_tokens"),
  completion_tokens: key("llm_completion_tokens"),
  cached_tokens: key("llm_cache_read_input_tokens"),
  cache_creation_tokens: key("llm_cache_creation_input_tokens"),
  reasoning_tokens: key("llm_reasoning_tokens"),
  failed_attempt_tokens: key("llm_failed_attempt_tokens"),
  first_token_ms: key("llm_time_to_first_token"),
  finish_reason: key("llm_finish_reason"),
  error: key("llm_error"),
  extraction_status: key("llm_extraction_status"),
};

/** The access log of a gateway, with what its `logging` leaves. */
export function accessLog({ logging = {} }: Gateway) {
  const { keys = true, aiLog = "none", summaries = false, payloads = false } = logging;
  return {
    name: "envoy.access_loggers.stdout",
    typed_config: {
      "@type": extension("access_loggers.stream.v3.StdoutAccessLog"),
      log_format: {
        omit_empty_values: true,
        json_format: {
          ...BASE,
          ...(keys ? KEYS : {}),
          ...(aiLog === "none" ? {} : { ai_log: key("ai_log") }),
          ...(summaries ? { summary: key("llm_summary") } : {}),
          ...(payloads ? { request: key("llm_request"), response: key("llm_response_text") } : {}),
        },
      },
    },
  };
}
