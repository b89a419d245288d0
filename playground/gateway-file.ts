// The editor of the file that runs: errors, changes, taking up, going back.
import { AdminClient, type Answer, type GatewayState } from "./admin.ts";
import { CodeEditor } from "./code-editor.ts";
import { lineDiff, withContext } from "./diff.ts";
import { byId, element, fillSelect, reasonOf, settled, show, toggle } from "./dom.ts";
import type { Schemas } from "./schema.ts";

export class GatewayFile {
  private admin: AdminClient | null = null;
  private state: GatewayState | null = null;
  private turn = 0;
  private readonly editor: CodeEditor;
  private readonly versions = byId("gateway-versions", HTMLSelectElement);
  private readonly overwrite = byId("gateway-overwrite", HTMLInputElement);

  constructor(
    private readonly url: string,
    schemas: Schemas,
    token: string | null,
    /** Called when something else runs. */
    private readonly onTaken: () => Promise<void>,
  ) {
    toggle("gateway-none", false);
    toggle("gateway-admin", true);
    const onFailure = (error: unknown) => show("gateway-error", reasonOf(error));
    // What is said of a change meanwhile stays.
    const check = settled(() => void this.validate().catch(onFailure), 300);
    this.editor = new CodeEditor(byId("gateway-editor", HTMLElement), {
      label: "Gateway file",
      rows: 24,
      file: "gateway.schema.json",
      schemas,
      onChange: () => {
        this.showDiff(this.state?.text ?? "", this.editor.text);
        // What came of an earlier text.
        show("gateway-outcome", "");
        show("gateway-error", "");
        check();
      },
    });
    byId("gateway-connect", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.work(() => this.connect(byId("gateway-token", HTMLInputElement).value));
    });
    this.on("gateway-validate", async () => {
      const isFine = await this.validate();
      show("gateway-outcome", isFine ? "It is fine." : "It would be refused.");
    });
    this.on("gateway-apply", () => this.apply());
    this.on("gateway-compare", () => this.compare());
    this.on("gateway-rollback", () => this.rollBack());
    if (token !== null) void this.work(() => this.connect(token));
  }

  private on(id: string, work: () => Promise<void>): void {
    byId(id, HTMLButtonElement).addEventListener("click", () => void this.work(work));
  }

  private async work(work: () => Promise<unknown>): Promise<void> {
    show("gateway-error", "");
    try {
      await work();
    } catch (error) {
      show("gateway-error", reasonOf(error));
    }
  }

  private async connect(token: string): Promise<void> {
    const admin = new AdminClient(this.url, token);
    const state = await admin.state();
    this.admin = admin;
    byId("gateway-token", HTMLInputElement).value = "";
    toggle("gateway-connect", false);
    toggle("gateway-open", true);
    this.take(state);
  }

  /** Begins anew from what runs. */
  private take(state: GatewayState): void {
    this.state = state;
    const { file, version, isOnDisk, versions, text } = state;
    const own = isOnDisk ? "" : " On disk is another text, which does not run.";
    show("gateway-file", `${file}, version ${version}.${own} Secrets are shown as "\${hidden:N}".`);
    this.editor.text = text;
    this.editor.show([]);
    this.showDiff(text, text);
    const before = versions.filter(({ id }) => id !== version).reverse();
    fillSelect(
      this.versions,
      before.map(({ id, at, from }) => [String(id), `${id}: ${timeOf(at)}, ${from}`]),
    );
    for (const id of ["gateway-compare", "gateway-rollback"]) {
      byId(id, HTMLButtonElement).disabled = before.length === 0;
    }
    this.overwrite.checked = false;
  }

  private async validate(): Promise<boolean> {
    const turn = ++this.turn;
    const found = await this.admin?.validate(this.editor.text);
    if (found !== undefined && turn === this.turn) this.showProblems(found);
    return found?.problems.length === 0;
  }

  private showProblems({ problems, warnings }: Pick<Answer, "problems" | "warnings">): void {
    this.editor.show([
      ...problems.map((own) => ({ ...own, isRefusal: true })),
      ...warnings.map((own) => ({ ...own, isRefusal: false })),
    ]);
  }

  private async apply(): Promise<void> {
    const { admin, state } = this;
    if (admin === null || state === null) return;
    show("gateway-outcome", "Envoy takes it up …");
    await this.finish(admin.apply(this.editor.text, state.version, this.overwrite.checked));
  }

  private async rollBack(): Promise<void> {
    const { admin, state } = this;
    const version = Number(this.versions.value);
    if (admin === null || state === null || version === 0) return;
    show("gateway-outcome", `Envoy goes back to version ${version} …`);
    await this.finish(admin.rollBack(version, state.version, this.overwrite.checked));
  }

  /** A change that was refused leaves the text for another try. */
  private async finish(asked: Promise<Answer>): Promise<void> {
    ++this.turn;
    try {
      const answer = await asked;
      if (answer.status === 200 && this.admin !== null) {
        this.take(await this.admin.state());
        await this.onTaken();
      }
      this.showProblems(answer);
      const { status, message, version } = answer;
      const said = { 200: `Version ${version} runs: ${message}.`, 409: `Not taken up: ${message}` };
      show("gateway-outcome", said[status as keyof typeof said] ?? "Refused; what ran runs on.");
      if (status !== 200) show("gateway-error", message);
    } catch (error) {
      show("gateway-outcome", "");
      throw error;
    }
  }

  private async compare(): Promise<void> {
    const version = Number(this.versions.value);
    const earlier = await this.admin?.textOf(version);
    if (earlier === undefined) return;
    this.showDiff(this.state?.text ?? "", earlier);
    show("gateway-outcome", `Shown is what going back to version ${version} would change.`);
  }

  private showDiff(before: string, after: string): void {
    const lines = withContext(lineDiff(before, after));
    const place = byId("gateway-diff", HTMLElement);
    const classes = { " ": "", "+": "new", "-": "gone" };
    const shown = lines.map(({ sign, text }) =>
      element("span", { className: classes[sign], textContent: `${sign} ${text}\n` }),
    );
    place.replaceChildren(...(shown.length === 0 ? ["No changes."] : shown));
  }
}

function timeOf(at: string): string {
  return new Date(at).toLocaleTimeString();
}
