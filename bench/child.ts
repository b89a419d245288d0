// A process of the benchmark's own that answers one question at a time: https://nodejs.org/api/child_process.html
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

type Reply<A> = { answer: A } | { failure: string };

/** The parent's side of a child process that `serve`s. */
export class Child<Q, A> {
  private readonly process: ChildProcess;

  /** `file` is relative to this folder. */
  constructor(file: string) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    this.process = fork(path, { serialization: "advanced" });
    process.on("exit", () => this.process.kill("SIGKILL"));
  }

  /** Rejects where the child fails or ends. One question at a time. */
  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error("a process of the benchmark has ended"));
      this.process.once("exit", onExit);
      this.process.once("message", (reply: Reply<A>) => {
        this.process.off("exit", onExit);
        if ("failure" in reply) reject(new Error(reply.failure));
        else resolve(reply.answer);
      });
      this.process.send(question as object);
    });
  }

  stop(): void {
    this.process.kill();
  }
}

/** The child's side: answers every question of the parent, and ends with it. */
export function serve<Q, A>(answer: (question: Q) => Promise<A> | A): void {
  process.on("message", async (question: Q) => {
    const send = (reply: Reply<A>) => process.send?.(reply);
    try {
      send({ answer: await answer(question) });
    } catch (error) {
      send({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on("disconnect", () => process.exit(0));
}
