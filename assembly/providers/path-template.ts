// Paths with places for parameters, such as `/v1/models/{model}`.
import { escapePathSegment } from "../text/url";

/** Puts path parameters, in order, where a template has `{…}`. */
export function fillTemplate(template: string, parameters: string[]): string {
  let open = template.indexOf("{");
  if (open < 0) return template;
  const parts: string[] = [];
  let at = 0;
  for (let i = 0; open >= 0; ++i) {
    const close = template.indexOf("}", open);
    if (close < 0) break;
    parts.push(template.substring(at, open));
    if (i < parameters.length) parts.push(escapePathSegment(parameters[i]));
    at = close + 1;
    open = template.indexOf("{", at);
  }
  parts.push(template.substring(at));
  return parts.join("");
}
