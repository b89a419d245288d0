// Names of custom settings in mode `auto`: one common name for what each protocol names in its own
// way.

// @ts-ignore: decorator
@lazy
const PROTOCOLS: StaticArray<string> = [
  "openai",
  "baidu",
  "spark",
  "qwen",
  "gemini",
  "hunyuan",
  "claude",
  "minimax",
];

/**
 * The known names, each with its name in the protocols above in their order. `=`: the same name;
 * `-`: the protocol lacks it.
 */
// @ts-ignore: decorator
@lazy
const ROWS: StaticArray<string> = [
  "max_tokens = max_output_tokens = = maxOutputTokens - = tokens_to_generate",
  "temperature = = = = = Temperature = =",
  "top_p = = - = topP TopP = =",
  "top_k - - = - topK - = -",
  "seed = - - = - - - -",
];

/** The name of a setting in a protocol, or "" where it is unknown or the protocol lacks it. */
export function settingNameIn(protocol: string, name: string): string {
  // A protocol without a column of its own is like OpenAI's.
  const column = max(PROTOCOLS.indexOf(protocol), 0) + 1;
  for (let i = 0; i < ROWS.length; ++i) {
    const row = ROWS[i].split(" ");
    if (row[0] != name) continue;
    if (row[column] == "=") return name;
    return row[column] == "-" ? "" : row[column];
  }
  return "";
}

/** Where a protocol keeps such settings in its requests: "" or the name of an object. */
export function settingParentIn(protocol: string): string {
  if (protocol == "qwen") return "parameters";
  return protocol == "gemini" ? "generation_config" : "";
}
