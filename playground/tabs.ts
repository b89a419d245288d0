// Tabs: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
import { byId } from "./dom.ts";

/** Makes the tabs work; the address remembers which one is open. */
export function startTabs(): void {
  const tabs = [...document.querySelectorAll<HTMLElement>('[role="tab"]')];
  const select = (tab: HTMLElement, isAsked: boolean) => {
    for (const own of tabs) {
      const isOpen = own === tab;
      own.setAttribute("aria-selected", String(isOpen));
      own.tabIndex = isOpen ? 0 : -1;
      byId(own.getAttribute("aria-controls") ?? "", HTMLElement).hidden = !isOpen;
    }
    if (!isAsked) return;
    tab.focus();
    history.replaceState(null, "", `#${nameOf(tab)}`);
  };
  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => select(tab, true));
    tab.addEventListener("keydown", (event) => {
      const places: Record<string, number> = {
        ArrowRight: at + 1,
        ArrowLeft: at - 1,
        Home: 0,
        End: -1,
      };
      const next = tabs.at((places[event.key] ?? NaN) % tabs.length);
      if (!(event.key in places) || next === undefined) return;
      event.preventDefault();
      select(next, true);
    });
  });
  const wanted = tabs.find((tab) => `#${nameOf(tab)}` === location.hash) ?? tabs[0];
  if (wanted !== undefined) select(wanted, false);
}

/** Opens a tab by its name. */
export function openTab(name: string): void {
  byId(`tab-${name}`, HTMLElement).click();
}

function nameOf({ id }: HTMLElement): string {
  return id.replace(/^tab-/, "");
}
