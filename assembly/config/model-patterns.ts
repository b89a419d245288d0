// Models as configurations name them: exactly, by a prefix with *, by an expression with ~.
import { ModelPatterns } from "../routing/model-router";
import { Regex } from "../text/regex/regex";
import { FieldReader } from "./field-reader";

/** Adds the texts of the member `name` to `models`. */
export function addPatterns(
  reader: FieldReader,
  name: string,
  texts: string[],
  models: ModelPatterns,
): void {
  const path = reader.pathOf(name);
  for (let i = 0; i < texts.length; ++i) {
    const pattern = texts[i];
    if (pattern.startsWith("~")) {
      const regex = new Regex(pattern.substring(1));
      if (regex.error.length > 0) reader.report.fail(path, "invalid expression: " + regex.error);
      models.regexes.push(regex);
    } else if (pattern.endsWith("*")) {
      models.prefixes.push(pattern.substring(0, pattern.length - 1));
    } else if (pattern.length > 0) {
      models.names.push(pattern);
    } else {
      reader.report.fail(path, "expected a name, a prefix with * or an expression with ~");
    }
  }
}
