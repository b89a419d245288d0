// Several providers behind one filter chain in a cluster: the host that was chosen says whose request it is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pluginFilter, startEnvoy, type TestEnvoy } from "./support/envoy.ts";
import { type RawProvider, startRawProvider, whole } from "./support/raw-provider.ts";

const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const CODEC = "type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec";

const ANSWER = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
});

/** What the hosts of the clusters say of themselves. */
const METADATA = [{ "ai-proxy": { provider: "b" } }, { "ai-proxy": { provider: "c" } }, {}];

let provider: RawProvider;
let envoy: TestEnvoy;

before(async () => {
  provider = await startRawProvider(whole(200, ANSWER));
  const config = {
    placement: "cluster",
    providers: [
      { id: "a", type: "groq", apiTokens: ["sk-a"] },
      { id: "b", type: "openai", apiTokens: ["sk-b"] },
    ],
  };
  envoy = await startEnvoy({
    listeners: METADATA.map((filter_metadata, at) => ({
      config: {},
      upstreamPort: provider.port,
      cluster: {
        load_assignment: {
          cluster_name: `upstream-${at}`,
          endpoints: [{ lb_endpoints: [{ endpoint: endpoint(), metadata: { filter_metadata } }] }],
        },
        typed_extension_protocol_options: {
          [OPTIONS]: {
            "@type": `type.googleapis.com/${OPTIONS}`,
            explicit_http_config: { http_protocol_options: {} },
            http_filters: [
              pluginFilter(`cluster-${at}`, config),
              { name: "envoy.filters.http.upstream_codec", typed_config: { "@type": CODEC } },
            ],
          },
        },
      },
    })),
  });
});

after(async () => {
  await envoy?.stop();
  await provider?.close();
});

function endpoint(): object {
  return { address: { socket_address: { address: "127.0.0.1", port_value: provider.port } } };
}

function ask(at: number): Promise<Response> {
  return fetch(`http://127.0.0.1:${envoy.ports[at]}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] }),
  });
}

test("the provider that the host names", async () => {
  assert.equal((await ask(0)).status, 200);
  assert.equal(provider.requests.at(-1)?.headers.authorization, "Bearer sk-b");
});

for (const [at, what] of [
  [1, /the upstream host names the provider 'c', which is not configured/],
  [2, /the upstream host names none/],
] as const) {
  test(`a host that names ${at === 1 ? "an unknown provider" : "none"}`, async () => {
    provider.requests.length = 0;
    const response = await ask(at);
    const { error } = (await response.json()) as { error: Record<string, string> };
    assert.equal(response.status, 500);
    assert.equal(error["code"], "unknown_provider");
    assert.equal(error["type"], "server_error");
    assert.match(error["message"] ?? "", what);
    assert.equal(provider.requests.length, 0);
  });
}
