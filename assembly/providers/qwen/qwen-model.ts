// What a model's name says of it: https://www.alibabacloud.com/help/en/model-studio/models

/** Whether a model thinks before it answers. */
export const enum Thinking {
  Never,
  /** Where it is asked to. */
  Off,
  /** Unless it is asked not to. */
  On,
  Always,
}

/** Names that models begin with which never think. */
const THOUGHTLESS: string =
  "qwen-max qwen-long qwen-vl qwen-audio qwen-math qwen-mt qwen-coder qwen-omni qwen-doc qwen1 qwen2 qwen-1 qwen-7";

/** The generation from which on one model takes texts and images. */
const FIRST_MULTIMODAL_GENERATION: f64 = 3.5;

/** A model's name, read. */
export class QwenModel {
  /** Takes images, video or sound, and has an endpoint of its own in the native protocol. */
  readonly isMultimodal: bool;
  /** Takes and gives all media: only in the OpenAI-compatible API, and only as a stream. */
  readonly isOmni: bool;
  readonly thinking: Thinking;
  /** Tells how long it may think. */
  readonly takesBudget: bool;
  /** Answers in streams only while it thinks. */
  readonly streamsThoughts: bool;
  /** Of a generation that repeats the whole text in each event of a stream where tools are given. */
  readonly isCumulative: bool;
  /** Reads uploaded documents. */
  readonly readsFiles: bool;

  constructor(id: string) {
    const name = id.toLowerCase();
    const isReasoner = name.startsWith("qwq") || name.startsWith("qvq");
    const isRecent = generationOf(name) >= FIRST_MULTIMODAL_GENERATION;
    const isOpen = name.startsWith("qwen3-") && isDigitAt(name, 6);
    this.isOmni = name.includes("omni");
    this.isMultimodal = isRecent || name.startsWith("qvq") || hasMediaWord(name);
    this.readsFiles = name.startsWith("qwen-long");
    this.isCumulative =
      name.includes("-2024") || name.startsWith("qwen1.") || name.startsWith("qwen2-");
    this.takesBudget = !isReasoner;
    let thinking = Thinking.Off;
    if (isReasoner || name.includes("-thinking") || name.startsWith("deepseek-r1")) {
      thinking = Thinking.Always;
    } else if (name.includes("instruct") || name.includes("coder") || isThoughtless(name)) {
      thinking = Thinking.Never;
    } else if (isOpen || isRecent) {
      thinking = Thinking.On;
    }
    this.thinking = thinking;
    const always = thinking == Thinking.Always && name.startsWith("qwen3");
    this.streamsThoughts = isReasoner || isOpen || always;
  }
}

/** The number behind `qwen`; 0 where there is none. */
function generationOf(name: string): f64 {
  if (!name.startsWith("qwen") || !isDigitAt(name, 4)) return 0;
  let end = 5;
  while (isDigitAt(name, end) || (end < name.length && name.charCodeAt(end) == 0x2e)) ++end;
  return parseFloat(name.substring(4, end));
}

function hasMediaWord(name: string): bool {
  return (
    name.includes("-vl") ||
    name.includes("-audio") ||
    name.includes("-ocr") ||
    name.includes("-asr")
  );
}

function isThoughtless(name: string): bool {
  const beginnings = THOUGHTLESS.split(" ");
  for (let i = 0; i < beginnings.length; ++i) if (name.startsWith(beginnings[i])) return true;
  return false;
}

function isDigitAt(text: string, at: i32): bool {
  if (at >= text.length) return false;
  const unit = text.charCodeAt(at);
  return unit >= 0x30 && unit <= 0x39;
}
