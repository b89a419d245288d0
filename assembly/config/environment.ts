// Environment variables in secrets: `${NAME}`, alone or inside other text; `$${` writes `${`
// itself.
import { ConfigReport } from "./config-report";

/**
 * Puts the values of environment variables into a text. Errors name the path and the variable,
 * never a value; then the answer is "".
 */
export function expandEnvironment(
  text: string,
  environment: Map<string, string>,
  report: ConfigReport,
  path: string,
): string {
  let open = text.indexOf("${");
  if (open < 0) return text;
  const parts: string[] = [];
  let at = 0;
  for (; open >= 0; open = text.indexOf("${", at)) {
    if (open > at && text.charCodeAt(open - 1) == 0x24) {
      parts.push(text.substring(at, open - 1) + "${");
      at = open + 2;
      continue;
    }
    const close = text.indexOf("}", open);
    const name = close < 0 ? "" : text.substring(open + 2, close);
    if (!isVariableName(name)) {
      report.fail(path, "expected the name of an environment variable and } after ${");
      return "";
    }
    if (!environment.has(name)) {
      report.fail(path, "the environment variable " + name + " is not set");
      return "";
    }
    parts.push(text.substring(at, open) + environment.get(name));
    at = close + 1;
  }
  parts.push(text.substring(at));
  return parts.join("");
}

function isVariableName(name: string): bool {
  for (let i = 0; i < name.length; ++i) {
    const code = name.charCodeAt(i);
    const lower = code | 0x20;
    const isLetter = (lower >= 0x61 && lower <= 0x7a) || code == 0x5f;
    if (!isLetter && (i == 0 || code < 0x30 || code > 0x39)) return false;
  }
  return name.length > 0;
}
