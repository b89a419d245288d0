// A headless browser for tests: https://playwright.dev/docs/api/class-browser
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as launcher } from "playwright-core";

/** Starts the Chromium of the npm package, which brings its own libraries. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  return launcher.launch({ executablePath, args: chromium.args, headless: true });
}
