// The file of a running gateway, and what ran before: changes of the file and of the playground's editor.
import { chmodSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import { GatewayFileError, problemText, readText } from "./gateway-file.ts";
import { lastWarnings, type RunningGateway } from "./running.ts";
import { HiddenSecrets } from "./secrets.ts";
import type { Problem } from "./yaml-places.ts";

/** A text that ran, as the editor is told of it. */
export interface VersionOfPage {
  id: number;
  /** When it was taken up, ISO 8601. */
  at: string;
  /** Who wanted it. */
  from: string;
}

interface Version extends VersionOfPage {
  text: string;
}

/** What came of a change. */
export interface Outcome {
  /** As of HTTP: 200, 409 where something else was changed meanwhile, 422 where it is refused. */
  status: 200 | 409 | 422;
  message: string;
  problems: readonly Problem[];
  warnings: readonly Problem[];
  /** The version that runs now. */
  version: number;
}

/** A change that the editor asks for. */
export interface Change {
  /** The version that it was made from. */
  base: number;
  /** Whether it may take the place of what others changed. */
  overwrite: boolean;
}

/** More than anybody goes back; each is one text. */
const KEPT_VERSIONS = 50;

/** All that is done to the configuration of one running gateway, one after the other. */
export class RunningConfiguration {
  private readonly versions: Version[] = [];
  private readonly hidden = new HiddenSecrets();
  private last: Promise<unknown> = Promise.resolve();
  private lastId = 0;

  constructor(
    private readonly gateway: RunningGateway,
    private readonly file: string,
  ) {
    this.remember("start");
  }

  /** What the editor begins with. Throws where the text cannot be shown. */
  state() {
    const versions = this.versions.map(({ id, at, from }): VersionOfPage => ({ id, at, from }));
    const isOnDisk = this.textOnDisk() === this.gateway.text;
    const { file, lastId: version } = this;
    return { file, version, text: this.hidden.hide(this.gateway.text), isOnDisk, versions };
  }

  /** An earlier text, or null. */
  textOf(id: number): string | null {
    const found = this.versions.find((own) => own.id === id);
    return found === undefined ? null : this.hidden.hide(found.text);
  }

  /** What would be said to a text, without taking it up. */
  async validate(text: string): Promise<Pick<Outcome, "problems" | "warnings">> {
    try {
      const warnings = await this.gateway.check(text, (value) => this.hidden.valueOf(value));
      return { problems: [], warnings };
    } catch (error) {
      if (!(error instanceof GatewayFileError)) throw error;
      return { problems: error.problems, warnings: [] };
    }
  }

  /** Takes up the file as it is on disk. */
  reload(): Promise<Outcome> {
    return this.inTurn(() => this.take(() => this.gateway.reload(), "file"));
  }

  /** Takes up a text of the editor's and writes it to the file. */
  apply(text: string, change: Change): Promise<Outcome> {
    return this.inTurn(async () => {
      const { problems } = await this.validate(text);
      if (problems.length > 0) return this.refusal(new GatewayFileError(problems, this.file));
      return this.replace(this.hidden.reveal(text), change, "playground");
    });
  }

  /** Goes back to an earlier version. */
  rollBack(id: number, change: Change): Promise<Outcome> {
    return this.inTurn(async () => {
      const found = this.versions.find((own) => own.id === id);
      if (found === undefined) return this.outcome(409, `There is no version ${id} any more.`);
      return this.replace(found.text, change, `version ${id}`);
    });
  }

  private async replace(text: string, change: Change, from: string): Promise<Outcome> {
    const conflict = this.conflict(change);
    if (conflict !== null) return this.outcome(409, conflict);
    const outcome = await this.take(() => this.gateway.reload(text), from);
    if (outcome.status !== 200) return outcome;
    try {
      replaceFile(this.file, text);
      return outcome;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { ...outcome, message: `It runs, but ${this.file} could not be written: ${reason}` };
    }
  }

  private conflict({ base, overwrite }: Change): string | null {
    if (overwrite) return null;
    if (base !== this.lastId) return `Version ${this.lastId} runs by now, and not ${base}.`;
    if (this.textOnDisk() === this.gateway.text) return null;
    return `${this.file} was changed, and does not run as it is.`;
  }

  private textOnDisk(): string | null {
    try {
      return readText(this.file);
    } catch {
      return null;
    }
  }

  private async take(work: () => Promise<boolean>, from: string): Promise<Outcome> {
    try {
      const changed = await work();
      if (this.versions.at(-1)?.text !== this.gateway.text) this.remember(from);
      printWarnings(this.file);
      console.log(changed ? `${this.file} is taken up.` : `${this.file} has not changed.`);
      const warnings = [...lastWarnings];
      return { ...this.outcome(200, changed ? "taken up" : "not changed"), warnings };
    } catch (error) {
      return this.refusal(error);
    }
  }

  private refusal(error: unknown): Outcome {
    const reason = error instanceof Error ? error.message : String(error);
    const problems = error instanceof GatewayFileError ? error.problems : [];
    console.error(`${reason}\n${this.file} is refused; what ran before runs on.`);
    return { ...this.outcome(422, this.hidden.mask(reason)), problems };
  }

  private outcome(status: Outcome["status"], message: string): Outcome {
    return { status, message, problems: [], warnings: [], version: this.lastId };
  }

  private remember(from: string): void {
    const at = new Date().toISOString();
    this.versions.push({ id: ++this.lastId, at, from, text: this.gateway.text });
    if (this.versions.length > KEPT_VERSIONS) this.versions.shift();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work, work);
    this.last = next;
    return next;
  }
}

/** Tells the terminal what is odd about a file that runs. */
export function printWarnings(file: string): void {
  for (const problem of lastWarnings) console.error(`warning: ${problemText(problem, file)}`);
}

/** Whole or not at all, with the rights that it has; a link stays one. */
function replaceFile(file: string, text: string): void {
  const target = realpathSync(file);
  const { mode } = statSync(target);
  writeFileSync(`${target}.new`, text, { mode });
  chmodSync(`${target}.new`, mode);
  renameSync(`${target}.new`, target);
}
