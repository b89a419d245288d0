import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { startGateway } from "./support/gateway.ts";
import { startRawProvider, whole, type Script } from "./support/raw-provider.ts";
const P = JSON.parse(process.env.ZZ ?? "{}");
test("x", async () => {
  const slow: Script = async (s, r) => { await sleep(500); return whole(P.first ?? 200, P.first ? '{"error":{"message":"f"}}' : JSON.stringify({id:"x",object:"chat.completion",created:1,model:"m",choices:[{index:0,message:{role:"assistant",content:"hi"},finish_reason:"stop"}]}))(s, r); };
  const bad: Script = whole(P.second ?? 400, JSON.stringify({ error: { message: "no" } }));
  const a = await startRawProvider(slow), b = await startRawProvider(bad);
  const e = await startGateway({ providers: { a: { type: "groq", apiTokens: ["a"], upstream: { address: `127.0.0.1:${a.port}`, tls: false } }, b: { type: "openai", apiTokens: ["b"], upstream: { address: `127.0.0.1:${b.port}`, tls: false } } },
    models: [{ model: "m", providers: ["a", "b"], strategy: "hedge", hedgeDelay: "200ms" }] }, {}, 1, P.old ? { binary: P.old, version: [1, 39] } : undefined);
  const r = await fetch(`http://127.0.0.1:${e.ports[0]}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "x" }] }) }).catch((x) => x);
  console.log(r.status, r.text ? await r.text() : r);
  await sleep(200);
  writeFileSync("/tmp/zz.log", e.log());
  await e.stop(); await a.close(); await b.close();
});
