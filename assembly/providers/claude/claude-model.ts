// What each generation of Claude takes, told from the model's id:
// https://platform.claude.com/docs/en/about-claude/models/overview

/** How a model is told not to think. */
export const enum WithoutThinking {
  /** It does not think unless it is asked to. */
  Unsaid,
  /** `thinking: {type: "disabled"}` */
  Disabled,
  /** `thinking: {type: "between_tools"}` */
  BetweenTools,
  /** It always thinks: all that can be said is that it shall be brief. */
  LowEffort,
}

/**
 * Stands for ids that name no version: they are taken for a model newer than all that are known.
 */
const NEWEST: i32 = 9999;
/** Major version times 100 plus minor version. */
const V3_5: i32 = 305;
const V3_7: i32 = 307;
const V4: i32 = 400;
const V4_1: i32 = 401;
const V4_5: i32 = 405;
const V4_6: i32 = 406;
const V4_7: i32 = 407;
const V5: i32 = 500;
const V5_1: i32 = 501;
const V5_5: i32 = 505;

/** What one model takes. An id that is not known has the limits of the newest generation. */
export class ClaudeModel {
  /** `opus`, `sonnet`, `haiku`, `fable`, `mythos`, another word, or "". */
  private family: string = "";
  private version: i32 = 0;

  constructor(readonly id: string) {
    this.readId(id.toLowerCase());
    if (this.version == 0) this.version = this.family == "mythos" ? V5 : NEWEST;
    if (this.version >= V5 && !isKnownFamily(this.family)) this.version = NEWEST;
  }

  /**
   * Reads ids of Anthropic and of clouds: `claude-opus-4-5@20251101`,
   * `us.anthropic.claude-3-haiku-20240307-v1:0`.
   */
  private readId(id: string): void {
    const name = id.indexOf("claude");
    if (name < 0) return;
    const tail = id
      .substring(name + 6)
      .replaceAll(".", "-")
      .replaceAll("@", "-");
    const words = tail.replaceAll(":", "-").split("-");
    let major = -1;
    for (let i = 0; i < words.length; ++i) {
      const word = words[i];
      const number = versionPart(word);
      if (number < 0) {
        if (this.family.length == 0 && word.length > 0 && !isDate(word)) this.family = word;
      } else if (major < 0) {
        major = i;
        this.version = number * 100;
      } else if (i == major + 1) {
        this.version += number;
      }
    }
  }

  /** Temperature, top_p and top_k may be sent. */
  get takesSampling(): bool {
    return this.version <= V4_6;
  }

  /** Temperature and top_p may be sent together. */
  get takesBothSamplings(): bool {
    return this.version < V4_1;
  }

  /** A tool call can be forced. */
  get takesForcedTools(): bool {
    if (this.family == "haiku") return this.version <= V5_5;
    if (this.family == "opus" || this.family == "sonnet") return this.version < V5_5;
    return this.version < V5_1;
  }

  /** A schema for the answer, and strict tools. */
  get takesSchemas(): bool {
    return this.version >= V4_1;
  }

  /** The conversation may end with the beginning of the answer. */
  get takesPrefill(): bool {
    return this.version < V4_6;
  }

  /** Thinking with a budget is the only way to think. */
  get thinksWithBudget(): bool {
    return this.version >= V3_7 && this.version < V4_6;
  }

  /** Thinking is `adaptive`, and effort can be said. */
  get thinksAdaptively(): bool {
    return this.version >= V4_6;
  }

  /** The effort `xhigh` is known. */
  get takesExtraHighEffort(): bool {
    return this.version >= V4_7;
  }

  /** How thinking is switched off. */
  get withoutThinking(): WithoutThinking {
    if (this.version < V4_6) return WithoutThinking.Unsaid;
    if (this.version < V5) return WithoutThinking.Disabled;
    if (this.family == "sonnet") {
      if (this.version == V5_5) return WithoutThinking.BetweenTools;
      if (this.version < V5_5) return WithoutThinking.Disabled;
    }
    if (this.family == "opus" && this.version < V5_5) return WithoutThinking.Disabled;
    if (this.family == "haiku" && this.version <= V5_5) return WithoutThinking.Disabled;
    return WithoutThinking.LowEffort;
  }

  /** Most tokens of an answer: `max_tokens` where the client says none. */
  get longestAnswer(): i64 {
    if (this.version >= V4_6) return 128000;
    if (this.version >= V4_5) return 64000;
    if (this.version >= V4) return this.family == "opus" ? 32000 : 64000;
    if (this.version >= V3_7) return 64000;
    return this.version >= V3_5 ? 8192 : 4096;
  }
}

function isKnownFamily(family: string): bool {
  return (
    family == "opus" ||
    family == "sonnet" ||
    family == "haiku" ||
    family == "fable" ||
    family == "mythos"
  );
}

/** The number that a word of at most two digits is, else -1. */
function versionPart(word: string): i32 {
  if (word.length == 0 || word.length > 2) return -1;
  let number = 0;
  for (let i = 0; i < word.length; ++i) {
    const digit = word.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function isDate(word: string): bool {
  return word.charCodeAt(0) >= 0x30 && word.charCodeAt(0) <= 0x39;
}
