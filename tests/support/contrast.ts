// Texts of a page that are hard to read: https://www.w3.org/TR/WCAG22/#contrast-minimum
import type { Page } from "playwright-core";

/** What is shown with less than 4.5 to 1, with the ratio; empty where all is readable. */
export async function faintTexts(page: Page): Promise<string[]> {
  // The compiler of the tests gives functions their names by one of its own.
  await page.evaluate("globalThis.__name ??= (own) => own");
  return page.evaluate(() => {
    const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const linear = (value: number) =>
      value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const luminance = ([r = 0, g = 0, b = 0]: number[]) =>
      0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const backOf = (own: Element | null): number[] => {
      if (own === null) return [255, 255, 255];
      const back = channels(getComputedStyle(own).backgroundColor);
      return (back[3] ?? 1) === 0 ? backOf(own.parentElement) : back;
    };
    const hasText = (own: Element) =>
      [...own.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== "") ||
      ["INPUT", "TEXTAREA", "SELECT"].includes(own.tagName);
    return [...document.querySelectorAll<HTMLElement>("body *")]
      .filter((own) => own.checkVisibility() && hasText(own) && !own.matches(":disabled, option"))
      .flatMap((own) => {
        const text = luminance(channels(getComputedStyle(own).color));
        const back = luminance(backOf(own));
        const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
        const name = `${own.tagName} ${own.id} ${(own.textContent ?? "").trim().slice(0, 40)}`;
        return ratio < 4.5 ? [`${name}: ${ratio.toFixed(2)}`] : [];
      });
  });
}
