// A gateway with a provider that fails and one that is in order: the client gets the second one's answer alone.
import assert from "node:assert/strict";
import OpenAI from "openai";
import type { Gateway, ModelEntry } from "../../cli/gateway/gateway.ts";
import type { TestEnvoy } from "./envoy.ts";
import { type OtherEnvoy, startGateway } from "./gateway.ts";
import { healthy, never } from "./gateway-faults.ts";
import { type RawProvider, type Script, startRawProvider } from "./raw-provider.ts";

const KEY_1 = "sk-first-canary";
const KEY_2 = "sk-second-canary";

const messages = [{ role: "user" as const, content: "Hi" }];

/** How the first provider is reached, by its name, where it is not the one with a script. */
export type Upstreams = Record<string, object>;

export class FallbackPair {
  private constructor(
    readonly first: RawProvider,
    readonly second: RawProvider,
    readonly envoy: TestEnvoy,
    private readonly client: OpenAI,
  ) {}

  /** A rule for the provider `first`, and one for each of `upstreams`; `rule`: what they have besides; `more`: the gateway. */
  static async start(
    rule: Partial<ModelEntry>,
    upstreams: (first: RawProvider) => Upstreams = () => ({}),
    more: Partial<Gateway> = {},
    other?: OtherEnvoy,
  ): Promise<FallbackPair> {
    const first = await startRawProvider(never);
    const second = await startRawProvider(healthy);
    const local = (port: number) => ({ address: `127.0.0.1:${port}`, tls: false });
    // Every request finds the first provider's key in use.
    const failover = { enabled: false };
    const others = Object.entries(upstreams(first)).map(
      ([id, upstream]) => [id, { type: "groq", apiTokens: [KEY_1], failover, upstream }] as const,
    );
    const stopped = async (error: unknown): Promise<never> => {
      await Promise.all([first.close(), second.close()]);
      throw error;
    };
    const envoy = await startGateway(
      {
        ...more,
        providers: {
          first: { type: "openai", apiTokens: [KEY_1], failover, upstream: local(first.port) },
          ...Object.fromEntries(others),
          second: { type: "claude", apiTokens: [KEY_2], upstream: local(second.port) },
        },
        models: ["first", ...others.map(([id]) => id)].map((id) => ({
          model: id,
          providers: [id, { id: "second", model: "claude-sonnet-4-5" }],
          ...rule,
        })),
      },
      {},
      1,
      other,
    ).catch(stopped);
    const client = new OpenAI({
      baseURL: `http://127.0.0.1:${envoy.ports[0]}/v1`,
      apiKey: "sk-client-canary",
      maxRetries: 0,
    });
    return new FallbackPair(first, second, envoy, client);
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    await Promise.all([this.first.close(), this.second.close()]);
  }

  /** The first provider fails like this; a whole answer comes from the second. */
  async assertWhole(script: Script, model = "first"): Promise<void> {
    this.first.script = script;
    this.second.requests.length = 0;
    const answer = await this.client.chat.completions.create({ model, messages, max_tokens: 50 });
    assert.equal(answer.choices[0]?.message.content, "from the second");
    assert.equal(answer.usage?.total_tokens, 7);
    this.assertSecond(false);
  }

  /** The first provider fails like this; a stream comes from the second. */
  async assertStream(script: Script, model = "first"): Promise<void> {
    this.first.script = script;
    this.second.requests.length = 0;
    const body = { model, messages, max_tokens: 50, stream: true as const };
    let text = "";
    let finish = "";
    for await (const { choices } of await this.client.chat.completions.create(body)) {
      text += choices[0]?.delta.content ?? "";
      finish += choices[0]?.finish_reason ?? "";
    }
    assert.equal(text, "from the second");
    assert.equal(finish, "stop");
    this.assertSecond(true);
  }

  /** The second provider got its own request, and nothing of the first one's. */
  private assertSecond(streams: boolean): void {
    const request = this.second.requests.at(-1);
    assert.ok(request);
    assert.equal(this.second.requests.length, 1);
    assert.equal(`${request.method} ${request.path}`, "POST /v1/messages");
    assert.deepEqual(JSON.parse(request.body.toString()), {
      model: "claude-sonnet-4-5",
      messages: [{ role: "user", content: "Hi" }],
      max_tokens: 50,
      ...(streams ? { stream: true } : {}),
    });
    assert.equal(request.headers["x-api-key"], KEY_2);
    assert.equal(request.headers.host, "api.anthropic.com");
    const names = Object.keys(request.headers);
    assert.deepEqual(
      names.filter((name) => name === "authorization" || /^x-(llm|envoy)|^cookie$/.test(name)),
      [],
    );
    assert.doesNotMatch(request.rawHeaders.join("\n"), /sk-first|sk-client/);
  }
}
