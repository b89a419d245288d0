// The endpoint for changes that `envoy-ai-proxy run --playground` opens on the loopback interface.
import type { Outcome, RunningConfiguration } from "../cli/gateway/configuration.ts";

export type GatewayState = ReturnType<RunningConfiguration["state"]>;
export type Answer = Omit<Outcome, "status"> & { status: number };

/** Asks it; the token is kept nowhere but here. Throws with its words where it refuses to speak. */
export class AdminClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  state(): Promise<GatewayState> {
    return this.ask<GatewayState>("GET", "/configuration");
  }

  async textOf(version: number): Promise<string> {
    return (await this.ask<{ text: string }>("GET", `/versions/${version}`)).text;
  }

  validate(text: string): Promise<Pick<Outcome, "problems" | "warnings">> {
    return this.ask("POST", "/validate", { text });
  }

  apply(text: string, base: number, overwrite: boolean): Promise<Answer> {
    return this.ask("PUT", "/configuration", { text, base, overwrite });
  }

  rollBack(version: number, base: number, overwrite: boolean): Promise<Answer> {
    return this.ask("POST", "/rollback", { version, base, overwrite });
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
    });
    const answer = (await response.json()) as { error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return { ...answer, status: response.status } as T;
  }
}
