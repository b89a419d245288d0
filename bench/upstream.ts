// The provider process: answers every request with bytes prepared beforehand, so that it costs next to nothing.
import { createServer, type AddressInfo, type Socket } from "node:net";
import { answerWrites, type Dialect, DIALECTS } from "./answers.ts";
import { serve } from "./child.ts";
import { HttpReader } from "./http-reader.ts";
import type { WorkloadName } from "./workloads.ts";

export type UpstreamQuestion =
  | { ask: "ports" }
  /** What to answer from now on; `record` keeps the next request. */
  | { ask: "workload"; name: WorkloadName; record: boolean }
  | { ask: "request" };

export interface UpstreamAnswer {
  ports: Record<Dialect, number>;
  /** The last request that was kept. */
  request: { head: string; body: string };
}

/** Between two writes, so that Envoy sees each of them alone. */
const WRITE_EVERY_MS = 1;

const ports: Record<Dialect, number> = {};
let workload: WorkloadName = "small";
let records = false;
let request = { head: "", body: "" };

function accept(socket: Socket, dialect: Dialect): void {
  socket.setNoDelay(true);
  const reader = new HttpReader(({ head }) => {
    if (records) request = { head, body: reader.body() };
    answer(socket, answerWrites(dialect, workload), 0);
  });
  reader.keepsBody = records;
  socket.on("data", (bytes) => {
    reader.keepsBody = records;
    reader.push(bytes);
  });
  socket.on("error", () => socket.destroy());
}

function answer(socket: Socket, writes: readonly Buffer[], index: number): void {
  if (socket.destroyed) return;
  const bytes = writes[index];
  if (bytes !== undefined) socket.write(bytes);
  if (index + 1 < writes.length) {
    setTimeout(() => answer(socket, writes, index + 1), WRITE_EVERY_MS);
  }
}

function listen(dialect: Dialect): Promise<void> {
  return new Promise((resolve) => {
    const server = createServer((socket) => accept(socket, dialect));
    server.listen(0, "127.0.0.1", () => {
      ports[dialect] = (server.address() as AddressInfo).port;
      resolve();
    });
  });
}

const ready = Promise.all(DIALECTS.map(listen));

serve<UpstreamQuestion, UpstreamAnswer>(async (question) => {
  await ready;
  if (question.ask === "workload") {
    workload = question.name;
    records = question.record;
  }
  return { ports, request };
});
