// Names of models at Vertex AI:
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
import { encodePathSegment } from "../../text/url";

/** Whose models are Claude. */
const ANTHROPIC: string = "anthropic";
const COUNTER: string = "count-tokens";

/** The name without what stands before its last slash. */
function shortName(model: string): string {
  return model.substring(model.lastIndexOf("/") + 1);
}

/** Whether a model speaks Anthropic's Messages API. */
export function isClaude(model: string): bool {
  if (shortName(model).startsWith("claude")) return true;
  return model.startsWith(ANTHROPIC + "/") || model.includes(`publishers/${ANTHROPIC}/`);
}

/** Whether a model writes pictures only. */
export function isImagen(model: string): bool {
  const name = shortName(model);
  return name.startsWith("imagen") || name.startsWith("imagegeneration");
}

/**
 * The path of a model below a location, without a slash before it; one of a whole name begins with `projects/` and
 * stands below the version itself.
 */
export function modelPath(model: string): string {
  let path = model;
  if (model.startsWith("models/")) path = "publishers/google/" + model;
  else if (!model.includes("/")) {
    if (isNumber(model)) path = "endpoints/" + model;
    else path = `publishers/${isClaude(model) ? ANTHROPIC : "google"}/models/${model}`;
  } else if (!isResource(model)) {
    const slash = model.indexOf("/");
    path = `publishers/${model.substring(0, slash)}/models/${model.substring(slash + 1)}`;
  }
  const names = path.split("/");
  for (let i = 0; i < names.length; ++i) names[i] = encodePathSegment(names[i]);
  return names.join("/");
}

/** The path of what counts Claude's tokens, which is named like a model. */
export function counterPath(): string {
  return `publishers/${ANTHROPIC}/models/${COUNTER}`;
}

function isResource(model: string): bool {
  return (
    model.startsWith("publishers/") ||
    model.startsWith("projects/") ||
    model.startsWith("endpoints/")
  );
}

/** Tuned models are known by the numbers of their endpoints. */
function isNumber(model: string): bool {
  for (let i = 0; i < model.length; ++i) {
    const code = model.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return model.length > 0;
}
