// One exchange in the page: any provider, any answer, cut anywhere.
import { stringify } from "yaml";
import { readYaml, type Problem } from "../cli/gateway/yaml-places.ts";
import type { RunResult, UpstreamResponse } from "../host/run.ts";
import { remarksOf } from "./check.ts";
import { CodeEditor } from "./code-editor.ts";
import { byId, element, fillSelect, pretty, reasonOf, settled, show } from "./dom.ts";
import { type Plugin, requestText } from "./plugin.ts";
import type { Samples } from "./samples.ts";
import type { Schemas } from "./schema.ts";

const INPUTS = ["path", "request", "status", "type", "answer", "base64", "cut", "reset"];

export class Translate {
  private readonly config: CodeEditor;
  private readonly provider = byId("translate-provider", HTMLSelectElement);
  private readonly sample = byId("translate-sample", HTMLSelectElement);
  private readonly request = byId("translate-request", HTMLTextAreaElement);
  private readonly answer = byId("translate-answer", HTMLTextAreaElement);
  private readonly status = byId("translate-status", HTMLInputElement);
  private readonly type = byId("translate-type", HTMLInputElement);
  private readonly path = byId("translate-path", HTMLInputElement);
  private readonly base64 = byId("translate-base64", HTMLInputElement);
  private readonly cut = byId("translate-cut", HTMLInputElement);
  private readonly reset = byId("translate-reset", HTMLInputElement);
  /** Results of texts that have changed meanwhile are not shown. */
  private turn = 0;

  constructor(
    private readonly plugin: Plugin,
    private readonly samples: Samples,
    schemas: Schemas,
  ) {
    const onChange = settled(() => void this.translate());
    this.config = new CodeEditor(byId("translate-config", HTMLElement), {
      label: "YAML or JSON",
      rows: 7,
      file: "config.schema.json",
      schemas,
      onChange,
    });
    const types = Object.keys(samples).map((type): [string, string] => [type, type]);
    fillSelect(this.provider, types);
    this.provider.value = "claude";
    this.provider.addEventListener("change", () => this.chooseProvider());
    this.sample.addEventListener("change", () => this.takeSample());
    for (const name of INPUTS) {
      byId(`translate-${name}`, HTMLElement).addEventListener("input", onChange);
    }
    for (const own of [this.answer, this.base64]) {
      own.addEventListener("input", () => this.measure());
    }
    this.chooseProvider();
  }

  /** Shows a provider of the gateway with a request, and a sample of its answers. */
  open(config: unknown, request: string): void {
    const { provider } = config as { provider: { type: string } };
    this.provider.value = provider.type;
    this.chooseProvider();
    // Of a cluster's configuration only the provider is of interest here.
    this.config.text = stringify({ provider });
    const isStream = /"stream":\s*true/.test(request);
    const samples = this.samples[provider.type] ?? [];
    const found = samples.findIndex(({ name }) => name.startsWith("stream") === isStream);
    if (found >= 0) this.takeAnswer(found);
    this.sample.value = String(Math.max(0, found));
    if (request !== "") this.request.value = request;
    void this.translate();
  }

  private chooseProvider(): void {
    const samples = this.samples[this.provider.value] ?? [];
    fillSelect(
      this.sample,
      samples.map(({ name }, at) => [String(at), name]),
    );
    this.takeSample();
  }

  private takeSample(): void {
    const at = Number(this.sample.value);
    const sample = this.samples[this.provider.value]?.[at];
    if (sample === undefined) return;
    this.config.text = stringify(sample.config);
    this.path.value = sample.path;
    this.request.value = pretty(sample.request);
    this.takeAnswer(at);
    void this.translate();
  }

  private takeAnswer(at: number): void {
    const sample = this.samples[this.provider.value]?.[at];
    if (sample === undefined) return;
    this.status.value = String(sample.status);
    this.type.value = sample.contentType;
    this.base64.checked = sample.isBase64;
    this.answer.value = sample.answer;
    this.reset.checked = false;
    this.measure();
  }

  /** All has arrived, until somebody cuts it. */
  private measure(): void {
    const { length } = this.answerBytes();
    this.cut.max = String(length);
    this.cut.value = String(length);
  }

  private answerBytes(): Uint8Array {
    const text = this.answer.value;
    if (!this.base64.checked) return new TextEncoder().encode(text);
    try {
      return Uint8Array.from(atob(text.replace(/\s/g, "")), (own) => own.charCodeAt(0));
    } catch {
      return new Uint8Array(0);
    }
  }

  private async translate(): Promise<void> {
    const turn = ++this.turn;
    const { problems, value, remarks } = await remarksOf(this.plugin, this.config.text);
    if (turn !== this.turn) return;
    this.config.show(remarks);
    if (problems.length > 0) {
      show("translate-native-request", "");
      this.tell("The configuration is refused.", "", "");
      return;
    }
    try {
      await this.run(value, turn);
    } catch (error) {
      this.tell(reasonOf(error), "", "");
    }
  }

  private async run(config: unknown, turn: number): Promise<void> {
    const bytes = this.answerBytes();
    const cut = Number(this.cut.value);
    show("translate-cut-text", `${cut} of ${bytes.length} bytes`);
    const request = {
      path: this.path.value,
      body: new TextEncoder().encode(this.request.value),
    };
    const answer: UpstreamResponse = {
      status: Number(this.status.value) || 200,
      headers: [["content-type", this.type.value]],
      body: bytes,
    };
    const ask = (own: UpstreamResponse, cuts: number[] = []) =>
      this.plugin.exchange(config, "listener", request, own, cuts);
    const broken = await ask({ ...answer, body: bytes.subarray(0, cut), reset: true });
    const isWhole = cut >= bytes.length;
    const whole = await ask(answer, isWhole ? [] : [cut]);
    if (turn !== this.turn) return;
    show("translate-native-request", requestText(whole));
    if (this.reset.checked) this.showBroken(broken);
    else this.showSplit(whole, isWhole ? null : broken);
  }

  /** What the client has of a connection that breaks. */
  private showBroken({ response }: RunResult): void {
    const end = response.reset === null ? "" : "; then the connection breaks for the client too";
    this.tell(`${response.status}${end}`, textOf(response.body), "");
  }

  /** What the client has by then, and what is still to come. */
  private showSplit({ response }: RunResult, broken: RunResult | null): void {
    const all = textOf(response.body);
    const type = response.headers.find(([name]) => name === "content-type")?.[1] ?? "";
    if (broken === null) return this.tell(`${response.status} ${type}`, readable(all, type), "");
    // What a broken connection is answered with had not been sent by then.
    const hasBegun = broken.localReply === null;
    const by = hasBegun ? textOf(broken.response.body) : "";
    const sent = all.startsWith(by) ? by.length : 0;
    const state = hasBegun ? `${sent} of ${all.length} characters sent` : "nothing sent yet";
    this.tell(`${response.status} ${type}: ${state}`, all.slice(0, sent), all.slice(sent));
  }

  private tell(outcome: string, sent: string, pending: string): void {
    show("translate-outcome", outcome);
    const rest = element("span", { className: "pending", textContent: pending });
    byId("translate-result", HTMLElement).replaceChildren(sent, ...(pending === "" ? [] : [rest]));
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function readable(text: string, type: string): string {
  return type.startsWith("application/json") ? pretty(text) : text;
}
