// Elements of the page. Whatever comes from outside becomes text, never markup.

type Child = Node | string;

/** An element with properties and children; strings are text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** The element of an id; the page is wrong where there is none of that kind. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/** Puts a text into an element, in place of what was there. */
export function show(id: string, text: string): void {
  byId(id, HTMLElement).textContent = text;
}

/** Shows or hides an element. */
export function toggle(id: string, isShown: boolean): void {
  byId(id, HTMLElement).hidden = !isShown;
}

/** The text of an unknown error. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** JSON for reading; what is no JSON as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Calls `work` once nothing has happened for a moment. */
export function settled(work: () => void, milliseconds = 150): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
}

/** Puts options into a list. */
export function fillSelect(
  list: HTMLSelectElement,
  options: [value: string, text: string][],
): void {
  list.replaceChildren(
    ...options.map(([value, text]) => element("option", { value, textContent: text })),
  );
}
