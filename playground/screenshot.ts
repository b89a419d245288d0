// The picture of the README, of the gateway that `npm start` runs with its stub: npx tsx playground/screenshot.ts
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startBrowser } from "../tests/support/browser.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const env = { ...process.env, OPENAI_API_KEY: "", ANTHROPIC_API_KEY: "" };
const args = ["--import", "tsx", "cli/start.ts", "--port", "0"];
const gateway = spawn(process.execPath, args, { cwd: ROOT, env });

try {
  const page = await (await startBrowser()).newPage({ viewport: { width: 1280, height: 1000 } });
  await page.goto(await printedUrl());
  await page.waitForSelector("body[data-ready]");
  await page.selectOption("#chat-provider", "claude");
  await page.fill("#chat-message", "Say hello");
  await page.click("#chat-send");
  await page.getByText("The answer is complete").waitFor();
  await page.locator("h1").scrollIntoViewIfNeeded();
  await page.screenshot({
    path: fileURLToPath(new URL("../docs/playground.png", import.meta.url)),
  });
  await page.context().browser()?.close();
} finally {
  gateway.kill("SIGINT");
}

/** The address that `npm start` prints. */
async function printedUrl(): Promise<string> {
  let output = "";
  for await (const piece of gateway.stdout) {
    output += String(piece);
    const [, url] = /^Playground: (\S+)\n/m.exec(output) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`npm start ended:\n${output}`);
}
