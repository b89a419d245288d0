// Names of custom settings in mode `auto`: one common name for what each protocol names in its own way.

// @ts-ignore: decorator
@lazy
const PROTOCOLS: StaticArray<string> = ["openai", "baidu", "spark", "qwen", "gemini", "hunyuan", "claude", "minimax"];

/** The known names, each with its name in the protocols above in their order; `-`: the protocol lacks it. */
// @ts-ignore: decorator
@lazy
const ROWS: StaticArray<string> = [
  "max_tokens max_tokens max_output_tokens max_tokens max_tokens maxOutputTokens - max_tokens tokens_to_generate",
  "temperature temperature temperature temperature temperature temperature Temperature temperature temperature",
  "top_p top_p top_p - top_p topP TopP top_p top_p",
  "top_k - - top_k - topK - top_k -",
  "seed seed - - seed - - - -",
];

/** The name of a setting in a protocol, or "" where the name is unknown or the protocol lacks it. */
export function settingNameIn(protocol: string, name: string): string {
  // A protocol without a column of its own is like OpenAI's.
  const column = max(PROTOCOLS.indexOf(protocol), 0) + 1;
  for (let i = 0; i < ROWS.length; ++i) {
    const row = ROWS[i].split(" ");
    if (row[0] != name) continue;
    return row[column] == "-" ? "" : row[column];
  }
  return "";
}

/** Where a protocol keeps such settings in its requests: "" or the name of an object. */
export function settingParentIn(protocol: string): string {
  if (protocol == "qwen") return "parameters";
  return protocol == "gemini" ? "generation_config" : "";
}
