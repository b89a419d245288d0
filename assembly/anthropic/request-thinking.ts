// How much a model shall think, as OpenAI says it: https://docs.claude.com/en/docs/build-with-claude/extended-thinking
import { Document } from "../json/document";

/** The least budgets that are more than a low effort, and more than a medium one. */
const MEDIUM_BUDGET: i64 = 4096;
const HIGH_BUDGET: i64 = 16384;

/** The word for `reasoning_effort`, or "" where the request says nothing. */
export function effortOf(doc: Document): string {
  const root = doc.root();
  const thinking = doc.get(root, "thinking");
  const type = doc.get(thinking, "type");
  if (doc.stringIs(type, "disabled") || doc.stringIs(type, "between_tools")) return "none";
  const effort = doc.string(doc.get(doc.get(root, "output_config"), "effort"));
  if (effort.length > 0) return effort;
  // What Anthropic does where nothing else is said.
  if (doc.stringIs(type, "adaptive")) return "high";
  if (!doc.stringIs(type, "enabled")) return "";
  const budget = doc.integer(doc.get(thinking, "budget_tokens"), 0);
  return budget < MEDIUM_BUDGET ? "low" : budget < HIGH_BUDGET ? "medium" : "high";
}
