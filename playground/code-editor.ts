// A text field for configurations: completion by the schema, problems that lead to their places.
// Keys as in https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
import type { Problem } from "../cli/gateway/yaml-places.ts";
import { type Suggestion, suggestions } from "./completion.ts";
import { element } from "./dom.ts";
import type { Schemas } from "./schema.ts";

export interface EditorOptions {
  label: string;
  rows: number;
  /** The schema of the text, by its file's name. */
  file: string;
  schemas: Schemas;
  onChange(): void;
}

/** A problem with its weight: what is refused, and what is only odd. */
export interface ShownProblem extends Problem {
  isRefusal: boolean;
}

let editors = 0;

export class CodeEditor {
  private readonly area: HTMLTextAreaElement;
  private readonly list: HTMLUListElement;
  private readonly problems: HTMLUListElement;
  private offered: Suggestion[] = [];
  private active = -1;

  constructor(
    place: HTMLElement,
    private readonly options: EditorOptions,
  ) {
    const id = `editor-${++editors}`;
    const { label, rows } = options;
    this.area = element("textarea", { id, rows, className: "code", spellcheck: false });
    this.area.autocapitalize = "off";
    this.list = element("ul", { id: `${id}-list`, className: "suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.problems = element("ul", { className: "problems" });
    this.problems.setAttribute("aria-live", "polite");
    const hint = "Ctrl+Space shows what fits; arrows and Enter choose, Escape closes";
    place.append(
      element("label", { htmlFor: id, textContent: label }),
      this.area,
      this.list,
      element("p", { id: `${id}-hint`, className: "hint", textContent: hint }),
      this.problems,
    );
    this.area.setAttribute("aria-describedby", `${id}-hint`);
    this.area.setAttribute("aria-controls", this.list.id);
    this.area.setAttribute("aria-autocomplete", "list");
    this.area.addEventListener("input", () => this.onInput());
    this.area.addEventListener("keydown", (event) => this.onKey(event));
    this.area.addEventListener("blur", () => this.close());
  }

  get text(): string {
    return this.area.value;
  }

  set text(text: string) {
    this.area.value = text;
    this.close();
  }

  /** Shows problems; each is a button that leads to its place. */
  show(problems: readonly ShownProblem[]): void {
    this.area.setAttribute("aria-invalid", String(problems.some(({ isRefusal }) => isRefusal)));
    const items = problems.map((problem) => {
      const { line, column, path, message, isRefusal } = problem;
      const place = `${line}:${column}: ${path === "" ? "" : `${path}: `}`;
      const textContent = `${isRefusal ? "" : "warning: "}${place}${message}`;
      const button = element("button", { type: "button", textContent });
      if (isRefusal) button.classList.add("refusal");
      button.addEventListener("click", () => this.goTo(line, column));
      return element("li", {}, button);
    });
    this.problems.replaceChildren(...items);
  }

  private goTo(line: number, column: number): void {
    const lines = this.text.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, own) => sum + own.length + 1, 0);
    const at = start + column - 1;
    this.area.focus();
    this.area.setSelectionRange(at, Math.max(at, start + (lines[line - 1]?.length ?? 0)));
    const height = this.area.scrollHeight / Math.max(lines.length, 1);
    this.area.scrollTop = Math.max(0, (line - 4) * height);
  }

  private onInput(): void {
    this.options.onChange();
    // Only behind a letter: whoever begins a line or a value asks with Ctrl+Space.
    const { selectionEnd: at, value } = this.area;
    if (/[\w-]/.test(value[at - 1] ?? "")) this.offer();
    else this.close();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === " " && event.ctrlKey) {
      this.offer();
    } else if (this.list.hidden) {
      return;
    } else if (event.key === "Escape") {
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.activate(this.active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && this.active >= 0) {
      this.accept(this.active);
    } else {
      return;
    }
    event.preventDefault();
  }

  private offer(): void {
    const { schemas, file } = this.options;
    const { selectionStart: start, selectionEnd: end, value } = this.area;
    this.offered = start === end ? suggestions(value, end, schemas, file) : [];
    this.active = -1;
    this.list.replaceChildren(...this.offered.map((own, at) => this.option(own, at)));
    this.list.hidden = this.offered.length === 0;
    this.area.removeAttribute("aria-activedescendant");
  }

  private option({ label, detail }: Suggestion, at: number): HTMLLIElement {
    const item = element("li", { id: `${this.list.id}-${at}` }, label);
    if (detail !== "") item.append(element("small", { textContent: detail }));
    item.setAttribute("role", "option");
    // Before the field loses the focus.
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.accept(at);
    });
    return item;
  }

  private activate(at: number): void {
    this.active = (at + this.offered.length) % this.offered.length;
    [...this.list.children].forEach((item, own) => {
      item.setAttribute("aria-selected", String(own === this.active));
      if (own !== this.active) return;
      item.scrollIntoView({ block: "nearest" });
      this.area.setAttribute("aria-activedescendant", item.id);
    });
  }

  private accept(at: number): void {
    const chosen = this.offered[at];
    if (chosen === undefined) return;
    const { selectionEnd: end, value } = this.area;
    const column = chosen.start - (value.lastIndexOf("\n", chosen.start - 1) + 1);
    const inner = `\n${" ".repeat(column + 2)}`;
    this.area.setRangeText(chosen.insert.replace("\n", inner), chosen.start, end, "end");
    this.close();
    this.options.onChange();
  }

  private close(): void {
    this.list.hidden = true;
    this.offered = [];
    this.area.removeAttribute("aria-activedescendant");
  }
}
