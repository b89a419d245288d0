// What each generation of Gemini takes, told from the model's id:
// https://ai.google.dev/gemini-api/docs/models

/** Stands for ids such as `gemini-flash-latest`, which name no version. */
const NEWEST: i32 = 9999;
/** Stands for all that is no Gemini, such as Gemma and tuned models: nothing special is sent. */
const OLDEST: i32 = 100;
/** Major version times 100 plus minor version. */
const V2_5: i32 = 205;
const V3: i32 = 300;
const V3_5: i32 = 305;
const V3_6: i32 = 306;
const V3_7: i32 = 307;
const V3_8: i32 = 308;

/** Most tokens that a model of 2.5 thinks, and the fewest that its Pro can be told. */
const PRO_BUDGET: i32 = 32768;
const FLASH_BUDGET: i32 = 24576;
const LEAST_PRO_BUDGET: i32 = 128;

/** What one model takes. */
export class GeminiModel {
  private readonly version: i32;
  private readonly isPro: bool;
  private readonly isFlash: bool;
  private readonly isLite: bool;
  /** It writes pictures or speech, and cannot be told how to think. */
  private readonly isMedia: bool;
  private readonly isPreview: bool;
  /** System texts go to `systemInstruction`; else before the user's first words. */
  readonly takesSystem: bool;

  constructor(readonly id: string) {
    const name = id.toLowerCase();
    this.version = versionOf(name);
    this.isPro = name.includes("-pro");
    this.isFlash = name.includes("flash");
    this.isLite = name.includes("flash-lite");
    this.isMedia = name.includes("-image") || name.includes("-tts");
    this.isPreview = name.includes("-preview") || name.includes("-exp");
    this.takesSystem = !name.includes("gemma");
  }

  /**
   * Generation 3 and later: calls have ids, their signatures have to come back, thinking has
   * levels, and functions go together with searches and JSON answers.
   */
  get isThird(): bool {
    return this.version >= V3;
  }

  /** JSON Schema as it is; else only its form in OpenAPI 3.0. */
  get takesJsonSchema(): bool {
    return this.version >= V2_5;
  }

  get takesPenalties(): bool {
    return this.version < V3 && !this.isPreview;
  }

  /** Temperature, top_p and top_k may be sent. */
  get takesSampling(): bool {
    if (this.version == V3_5) return !this.isLite;
    return this.version < V3_6 || this.version > V3_8 || !this.isFlash;
  }

  /** The conversation may end with the beginning of the answer. */
  get takesPrefill(): bool {
    return this.version < V3_6 && !(this.version == V3_5 && this.isLite);
  }

  /** It can be told how to think. */
  get thinks(): bool {
    return this.version >= V2_5 && !this.isMedia;
  }

  /** A level of thinking for OpenAI's effort; "" for a word that is not known. */
  level(effort: string): string {
    if (effort == "none" || effort == "minimal") {
      return this.isFlash && this.version < V3_7 ? "MINIMAL" : "LOW";
    }
    if (effort == "low") return "LOW";
    // The first Pro of this generation has no level between.
    if (effort == "medium") return this.isPro && this.version == V3 ? "HIGH" : "MEDIUM";
    return effort == "high" || effort == "xhigh" || effort == "max" ? "HIGH" : "";
  }

  /** A budget of thinking that the model takes, for one that was asked for. -1: its own choice. */
  budget(asked: i32): i32 {
    if (asked < 0 || this.isThird) return asked;
    return this.isPro ? min(max(asked, LEAST_PRO_BUDGET), PRO_BUDGET) : min(asked, FLASH_BUDGET);
  }
}

let lastModel: GeminiModel = new GeminiModel("");

/** The limits of a model; the last one asked for is kept. */
export function modelOf(id: string): GeminiModel {
  if (lastModel.id != id) lastModel = new GeminiModel(id);
  return lastModel;
}

/** The version behind `gemini-`: the first word that is a number of one or two parts. */
function versionOf(name: string): i32 {
  const at = name.lastIndexOf("gemini-");
  if (at < 0 || name.startsWith("tunedmodels/")) return OLDEST;
  const words = name.substring(at + 7).split("-");
  for (let i = 0; i < words.length; ++i) {
    const parts = words[i].split(".");
    const major = numberOf(parts[0]);
    if (major >= 0) return major * 100 + (parts.length > 1 ? max(numberOf(parts[1]), 0) : 0);
  }
  return NEWEST;
}

/** A number of at most two digits, else -1. */
function numberOf(text: string): i32 {
  if (text.length == 0 || text.length > 2) return -1;
  let number = 0;
  for (let i = 0; i < text.length; ++i) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
