// A scrape in Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/g;

/** The samples of a scrape; throws at a line that is none. */
export function parseScrape(text: string): Sample[] {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const [, name, labels = "", value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`no sample: ${line}`);
    const pairs = [...labels.matchAll(LABEL)].map(([, key = "", own = ""]) => [key, own] as const);
    const length = [...labels.matchAll(LABEL)].reduce((sum, [all]) => sum + all.length, 0);
    if (length !== labels.length) throw new Error(`labels that end early: ${line}`);
    return { name, labels: Object.fromEntries(pairs), value: Number(value) };
  });
}
