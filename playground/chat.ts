// The chat through the gateway that serves the page.
import type { GatewayOfPage } from "../cli/gateway/playground-routes.ts";
import { byId, element, fillSelect, reasonOf, show, toggle } from "./dom.ts";
import { askChat, type ChatAnswer } from "./event-stream.ts";
import { type NativeRequests, nativeRequests } from "./native-requests.ts";
import type { Plugin } from "./plugin.ts";

interface Message {
  role: "user" | "assistant";
  content: string;
}

/** The gateway's own API, beside the page. */
const CHAT_URL = "../v1/chat/completions";
const ANY = "";

export class Chat {
  private messages: Message[] = [];
  private running: AbortController | null = null;
  /** Whether something else runs since the request was sent. */
  private isOutdated = false;
  private natives: NativeRequests | null = null;

  private readonly log = byId("chat-log", HTMLElement);
  private readonly message = byId("chat-message", HTMLTextAreaElement);
  private readonly model = byId("chat-model", HTMLInputElement);
  private readonly provider = byId("chat-provider", HTMLSelectElement);
  private readonly nativeProvider = byId("chat-native-provider", HTMLSelectElement);

  constructor(
    private gateway: GatewayOfPage,
    private readonly plugin: Plugin,
    /** Opens a configuration and a request in the other tab. */
    onReplay: (config: unknown, request: string) => void,
    /** Brings the gateway as it is by now. */
    private readonly refresh: () => Promise<GatewayOfPage>,
  ) {
    this.take(gateway);
    this.provider.addEventListener("change", () => this.offerModels());
    byId("chat-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    this.message.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      byId("chat-form", HTMLFormElement).requestSubmit();
    });
    this.on("chat-stop", () => this.running?.abort());
    this.on("chat-new", () => this.reset());
    this.on("chat-replay", () => onReplay(this.shownConfig(), this.shownRequest()));
    this.nativeProvider.addEventListener("change", () => this.showNative());
  }

  /** Begins with a gateway, or goes on with another one. */
  take(gateway: GatewayOfPage): void {
    this.gateway = gateway;
    this.isOutdated = this.running !== null;
    const ids = Object.keys(gateway.providers).map((id): [string, string] => [id, id]);
    fillSelect(this.provider, [[ANY, "any"], ...ids]);
    this.offerModels();
    toggle("chat-key-field", gateway.needsKey);
  }

  private on(id: string, work: () => void): void {
    byId(id, HTMLButtonElement).addEventListener("click", work);
  }

  /** Of the provider whose request is shown; of the first one before anything was asked. */
  private shownConfig(): unknown {
    const { providers } = this.gateway;
    return providers[this.nativeProvider.value] ?? Object.values(providers)[0];
  }

  private shownRequest(): string {
    return byId("chat-request", HTMLElement).textContent ?? "";
  }

  /** Models that have names, of rules that ask the chosen provider first. */
  private offerModels(): void {
    const wanted = this.provider.value;
    const rules = this.gateway.listener.models.filter(
      ({ providers }) => wanted === ANY || providers[0]?.id === wanted,
    );
    const names = rules
      .flatMap(({ model }) => [model ?? []].flat())
      .filter((name) => !/^~|\*$/.test(name));
    const options = names.map((value) => element("option", { value }));
    byId("chat-models", HTMLElement).replaceChildren(...options);
    this.model.value = names[0] ?? "";
  }

  private reset(): void {
    this.running?.abort();
    this.messages = [];
    this.log.replaceChildren();
    for (const id of ["chat-error", "chat-status", "chat-request", "chat-native", "chat-answer"]) {
      show(id, "");
    }
    byId("chat-figures", HTMLElement).replaceChildren();
    this.message.focus();
  }

  private async send(): Promise<void> {
    const content = this.message.value;
    if (this.running !== null || content.trim() === "") return;
    show("chat-error", "");
    let body: string;
    try {
      body = this.body([...this.messages, { role: "user", content }]);
    } catch (error) {
      show("chat-error", `More members: ${reasonOf(error)}`);
      return;
    }
    this.messages.push({ role: "user", content });
    this.say("You", content);
    this.message.value = "";
    show("chat-request", JSON.stringify(JSON.parse(body), null, 2));
    this.running = new AbortController();
    this.setBusy(true);
    // Not beside the exchange, whose times it would lengthen.
    await this.tellNatives(body);
    await this.exchange(body, this.running);
  }

  /** The request's JSON; throws where the further members are no object. */
  private body(messages: Message[]): string {
    const more: unknown = JSON.parse(byId("chat-more", HTMLTextAreaElement).value.trim() || "{}");
    if (typeof more !== "object" || more === null || Array.isArray(more)) {
      throw new Error("expected a JSON object");
    }
    const stream = byId("chat-stream", HTMLInputElement).checked;
    const streaming = stream ? { stream, stream_options: { include_usage: true } } : {};
    return JSON.stringify({ model: this.model.value, messages, ...streaming, ...more });
  }

  private async exchange(body: string, running: AbortController): Promise<void> {
    const key = byId("chat-key", HTMLInputElement).value;
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (key !== "") headers["authorization"] = `Bearer ${key}`;
    const line = this.say("Assistant", "");
    const { signal } = running;
    let answer: ChatAnswer | null = null;
    const onPiece = (piece: ChatAnswer) => {
      answer = piece;
      this.showAnswer(line, piece);
    };
    try {
      const { error } = await askChat(CHAT_URL, { method: "POST", headers, body, signal }, onPiece);
      if (error !== null) show("chat-error", error);
    } catch (error) {
      show("chat-error", signal.aborted ? "Stopped." : `The answer broke off: ${reasonOf(error)}`);
    }
    this.remember(answer, line);
    this.running = null;
    // The connection of this answer is one from before the change.
    if (this.isOutdated) this.take(await this.refresh());
    this.setBusy(false);
  }

  /** Only what was said goes along with the next request. */
  private remember(answer: ChatAnswer | null, line: HTMLElement): void {
    const content = answer?.text ?? "";
    if (content !== "") this.messages.push({ role: "assistant", content });
    else this.messages.pop();
    if (line.textContent === "") line.parentElement?.remove();
  }

  private setBusy(isBusy: boolean): void {
    // While it is busy nobody reads it out piece by piece.
    this.log.setAttribute("aria-busy", String(isBusy));
    byId("chat-send", HTMLButtonElement).disabled = isBusy;
    byId("chat-stop", HTMLButtonElement).disabled = !isBusy;
    if (isBusy) show("chat-status", "The answer is on its way.");
  }

  private say(who: string, text: string): HTMLElement {
    const line = element("span", { textContent: text });
    this.log.append(element("p", {}, element("span", { className: "role" }, `${who}: `), line));
    this.log.scrollTop = this.log.scrollHeight;
    return line;
  }

  private showAnswer(line: HTMLElement, answer: ChatAnswer): void {
    const calls = answer.toolCalls.map((own) => `→ ${own.name}(${own.arguments})`);
    const reasoning = answer.reasoning === "" ? [] : [`(${answer.reasoning})`];
    line.textContent = [...reasoning, answer.text, ...calls].filter((own) => own !== "").join("\n");
    this.log.scrollTop = this.log.scrollHeight;
    show("chat-answer", answer.raw);
    this.showFigures(answer);
    if (answer.endedAfter === null) return;
    show("chat-status", `The answer is complete: status ${answer.status}.`);
  }

  private showFigures(answer: ChatAnswer): void {
    const time = (own: number | null) => (own === null ? "–" : `${Math.round(own)} ms`);
    const { usage } = answer;
    const figures: [string, string][] = [
      ["Status", String(answer.status)],
      ["First token after", time(answer.firstTokenAfter)],
      ["End after", time(answer.endedAfter)],
      ["Prompt tokens", String(usage?.prompt_tokens ?? "–")],
      ["Completion tokens", String(usage?.completion_tokens ?? "–")],
      ["Model", answer.model ?? "–"],
      ["Finish reason", answer.finishReason ?? "–"],
    ];
    const rows = figures.map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value)),
    );
    byId("chat-figures", HTMLElement).replaceChildren(...rows);
  }

  private async tellNatives(body: string): Promise<void> {
    const found = await nativeRequests(this.plugin, this.gateway, body).catch(reasonOf);
    this.natives = typeof found === "string" ? null : found;
    const ids = this.natives?.attempts.map(({ id }) => id) ?? [];
    const asked = ids.map((id, at): [string, string] => [
      id,
      at === 0 ? id : `${id}, where it fails`,
    ]);
    fillSelect(this.nativeProvider, asked);
    const chance = this.natives?.isByChance ? "; chance may have asked another one first" : "";
    show("chat-native-source", `of the same plugin.wasm, run in this page${chance}`);
    if (typeof found === "string") show("chat-native", found);
    else this.showNative();
  }

  private showNative(): void {
    const own = this.natives?.attempts.find(({ id }) => id === this.nativeProvider.value);
    show("chat-native", own?.text ?? "");
  }
}
