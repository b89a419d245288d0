// One line per step: what runs, how long it took. Free of dependencies: it runs before `npm ci`.

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
const PATIENCE_MS = 1000;

/**
 * Runs one step behind a progress line; a step that fails keeps its line, marked with ✗.
 * @template T
 * @param {string} title
 * @param {(update: (text: string) => void) => Promise<T>} work `update` changes the title
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const line = new Line(title);
  try {
    const result = await work((text) => line.rename(text));
    line.end("✓");
    return result;
  } catch (error) {
    line.end("✗");
    throw error;
  }
}

class Line {
  #title;
  #started = Date.now();
  #frame = 0;
  /** @type {NodeJS.Timeout} */
  #timer;

  /** @param {string} title */
  constructor(title) {
    this.#title = title;
    if (process.stdout.isTTY) {
      this.#draw();
      this.#timer = setInterval(() => this.#draw(), FRAME_MS);
    } else {
      // Nothing can be redrawn: one more line, for what takes long.
      this.#timer = setTimeout(() => console.log(`… ${this.#title}`), PATIENCE_MS);
    }
  }

  /** @param {string} title */
  rename(title) {
    this.#title = title;
  }

  /** @param {string} mark */
  end(mark) {
    clearTimeout(this.#timer);
    const clear = process.stdout.isTTY ? "\r\x1b[K" : "";
    console.log(`${clear}${mark} ${this.#title}${this.#elapsed()}`);
  }

  #draw() {
    const frame = FRAMES[this.#frame++ % FRAMES.length];
    process.stdout.write(`\r\x1b[K${frame} ${this.#title}${this.#elapsed()}`);
  }

  #elapsed() {
    const seconds = Math.floor((Date.now() - this.#started) / 1000);
    return seconds > 0 ? ` (${seconds} s)` : "";
  }
}
