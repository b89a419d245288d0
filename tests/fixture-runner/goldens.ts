// Writes response.* and upstream-request.json from what happened: a change is read as a diff.
import { rmSync, writeFileSync } from "node:fs";
import type { RootContext } from "../../host/root-context.ts";
import type { Vm } from "../../host/vm.ts";
import type { SeenRequest, SeenResponse } from "./compare.ts";
import { compareHeaders } from "./compare.ts";
import { events } from "./compare-sse.ts";
import { fixtureFile, text, type ExpectedHeaders, type Fixture } from "./fixture.ts";
import { configure, runOnce } from "./host-run.ts";
import { JsonNumber, parseJson, writeJson, type JsonObject, type JsonValue } from "./json-value.ts";
import { unwrapped } from "./web-socket.ts";

// Headers that say nothing about the filter.
const UNREMARKABLE = new Set(["content-length", "x-request-id", "x-forwarded-proto"]);
const OTHER_SEED = 2;
const OTHER_TIME = 1_000_000_000_000_000n;

/** Two runs of a fixture: what differs between them depends on chance or on the clock. */
interface Twins<T> {
  readonly one: T;
  readonly other: T;
}

/** Records a fixture anew and returns the names of the files written. */
export function updateGoldens(vm: Vm, fixture: Fixture): string[] {
  const root = configure(vm, fixture);
  const one = runOnce(root, fixture);
  const other = later(vm, root, fixture);
  root.delete();
  const response = { one: one.response, other: other.response };
  const written = [writeResponse(fixture, response)];
  if (one.upstreamRequest === null || other.upstreamRequest === null) {
    rmSync(fixtureFile(fixture, "upstream-request.json"), { force: true });
    return written;
  }
  const request = { one: unwrapped(one.upstreamRequest), other: unwrapped(other.upstreamRequest) };
  write(fixture, "upstream-request.json", requestText(fixture, request));
  return [...written, "upstream-request.json"];
}

function later(vm: Vm, root: RootContext, fixture: Fixture): ReturnType<typeof runOnce> {
  vm.clock += OTHER_TIME;
  try {
    return runOnce(root, fixture, { seed: OTHER_SEED });
  } finally {
    vm.clock -= OTHER_TIME;
  }
}

function writeResponse(fixture: Fixture, { one, other }: Twins<SeenResponse>): string {
  const [body, twin] = [decode(one.body), decode(other.body)];
  const type = one.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  if (fixture.response !== null) rmSync(fixtureFile(fixture, fixture.response.name));
  if (type.startsWith("text/event-stream") && Array.isArray(events(body))) {
    return write(fixture, "response.sse", streamText(body, twin));
  }
  if (type.startsWith("application/json")) {
    const value = masked(parseJson(body), parseJson(twin));
    return write(fixture, "response.json", `${writeJson(value, 2)}\n`);
  }
  return body === "" ? "" : write(fixture, "response.txt", body);
}

function streamText(body: string, twin: string): string {
  const [own, others] = [events(body), events(twin)];
  if (!Array.isArray(own) || !Array.isArray(others)) return body;
  const lines = own.map((event, i) => {
    const other = others[i] ?? event;
    if (event === "[DONE]" || other === "[DONE]") return event;
    return writeJson(masked(parseJson(event), parseJson(other)));
  });
  const isNamed = body.startsWith("event: ");
  return lines.map((line) => `${isNamed ? nameOf(line) : ""}data: ${line}\n\n`).join("");
}

// Events with a name have it in their payload too.
function nameOf(payload: string): string {
  const value = tryParse(payload);
  const type = value instanceof Map ? value.get("type") : null;
  return typeof type === "string" ? `event: ${type}\n` : "";
}

/** The value with placeholders where the twins differ. */
function masked(one: JsonValue, other: JsonValue): JsonValue {
  if (one instanceof Map && other instanceof Map) {
    const entries = [...one].map(([key, own]): [string, JsonValue] => {
      const twin = other.get(key);
      return [key, twin === undefined ? "$any" : masked(own, twin)];
    });
    return new Map(entries);
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.map((own, i) => masked(own, other[i] ?? own));
  }
  if (writeJson(one) === writeJson(other)) return one;
  if (one instanceof JsonNumber) return "$created";
  return typeof one === "string" ? "$id" : "$any";
}

function requestText(fixture: Fixture, { one, other }: Twins<SeenRequest>): string {
  const file = fixture.upstreamRequest;
  const before = file === null ? null : parseJson(text(file));
  const known = before instanceof Map ? before : new Map<string, JsonValue>();
  const golden: JsonObject = new Map();
  golden.set("method", one.method);
  golden.set("path", masked(one.path, other.path));
  golden.set("host", one.host);
  golden.set("headers", headersValue(known.get("headers"), { one, other }));
  const [body, twin] = [decode(one.body), decode(other.body)];
  const same = body === decode(fixture.request?.bytes ?? new Uint8Array(0));
  const value = tryParse(body);
  if (known.get("bodySame") === true && same) golden.set("bodySame", true);
  else if (value === null || known.has("bodyText")) golden.set("bodyText", body);
  else golden.set("body", masked(value, tryParse(twin) ?? value));
  return `${writeJson(golden, 2)}\n`;
}

// Keeps the choice of headers that a golden had; a new one gets all that say something.
function headersValue(
  known: JsonValue | undefined,
  { one, other }: Twins<SeenRequest>,
): JsonObject {
  const names =
    known instanceof Map
      ? [...known.keys()]
      : one.headers.map(([name]) => name).filter((name) => !UNREMARKABLE.has(name));
  const headers: JsonObject = new Map();
  for (const name of names) {
    const before = known instanceof Map ? known.get(name) : undefined;
    const [own, twin] = [header(one, name), header(other, name)];
    const kept: ExpectedHeaders = before === "$any" ? { [name]: "$any" } : {};
    const any =
      own !== twin || (before === "$any" && compareHeaders(kept, one.headers).length === 0);
    headers.set(name, any ? "$any" : own);
  }
  return headers;
}

function header(request: SeenRequest, name: string): string | null {
  const values = request.headers.filter(([own]) => own === name).map(([, value]) => value);
  return values.length === 0 ? null : values.join(", ");
}

function tryParse(body: string): JsonValue | null {
  try {
    return parseJson(body);
  } catch {
    return null;
  }
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

function write(fixture: Fixture, name: string, content: string): string {
  writeFileSync(fixtureFile(fixture, name), content);
  return name;
}
