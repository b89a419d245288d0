// A configuration of the plugin, and what the plugin says of it.
import { type Problem, readYaml } from "../cli/gateway/yaml-places.ts";
import { CodeEditor, type ShownProblem } from "./code-editor.ts";
import { byId, reasonOf, settled, show } from "./dom.ts";
import type { Plugin } from "./plugin.ts";
import type { Schemas } from "./schema.ts";

const FIRST = `# As YAML or JSON. This one has two mistakes.
provider:
  type: claud
  apiTokens: ["\${ANTHROPIC_API_KEY}"]
  modelMaping:
    gpt-4o: claude-sonnet-4-5
`;

/** What is said of a text, with places in it. */
export interface Remarks {
  value: unknown;
  /** What it is refused for. */
  problems: Problem[];
  /** The same, and what is only odd. */
  remarks: ShownProblem[];
}

/** Hands a text to the plugin. */
export async function remarksOf(plugin: Plugin, text: string): Promise<Remarks> {
  const { document, problems, problemAt } = readYaml(text);
  const remarks: ShownProblem[] = problems.map((own) => ({ ...own, isRefusal: true }));
  let value: unknown = null;
  if (remarks.length === 0) {
    try {
      value = document.toJS();
      for (const { path, message, isRefusal } of await plugin.check(value ?? {})) {
        remarks.push({ ...problemAt(path, message), isRefusal });
      }
    } catch (error) {
      remarks.push({ ...problemAt([], reasonOf(error)), isRefusal: true });
    }
  }
  return { value, remarks, problems: remarks.filter(({ isRefusal }) => isRefusal) };
}

/** Starts the tab. */
export function startCheck(plugin: Plugin, schemas: Schemas): void {
  let turn = 0;
  const check = async () => {
    const own = ++turn;
    const { remarks, problems } = await remarksOf(plugin, editor.text);
    if (own !== turn) return;
    editor.show(remarks);
    const warnings = remarks.length - problems.length;
    const said = problems.length > 0 ? "The plugin refuses it." : "The plugin takes it.";
    show("check-outcome", warnings > 0 ? `${said} ${warnings} warnings.` : said);
  };
  const editor = new CodeEditor(byId("check-config", HTMLElement), {
    label: "Plugin configuration",
    rows: 16,
    file: "config.schema.json",
    schemas,
    onChange: settled(() => void check()),
  });
  editor.text = FIRST;
  void check();
}
