// Defaults and overrides of a consumer in a request, under the names that its endpoint has for them.
import { CustomSetting } from "../config/custom-setting";
import { applyCustomSettings } from "../config/custom-settings";
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { setBuffer } from "../proxy-wasm/buffers";
import { setHeader } from "../proxy-wasm/headers";
import { BufferType, HeaderMapType } from "../proxy-wasm/types";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";

const EDIT: JsonEdit = new JsonEdit();
const TEXT: ByteWriter = new ByteWriter();
const CHANGED: Document = new Document();

/** Puts settings into a request that generates text. The body as it is then, until `releaseSettings`. */
export function putSettings(
  settings: CustomSetting[],
  capability: Capability,
  doc: Document,
): Document {
  if (settings.length == 0 || !generatesText(capability)) return doc;
  const own: CustomSetting[] = [];
  for (let i = 0; i < settings.length; ++i) own.push(renamed(settings[i], capability, doc));
  EDIT.begin(doc);
  applyCustomSettings(own, doc, EDIT);
  if (EDIT.isEmpty()) return doc;
  TEXT.clear();
  EDIT.apply(TEXT);
  if (!CHANGED.parse(TEXT.ptr, TEXT.length)) return doc;
  setBuffer(BufferType.HttpRequestBody, i32.MAX_VALUE, TEXT.ptr, TEXT.length);
  setHeader(HeaderMapType.RequestHeaders, "content-length", TEXT.length.toString());
  return CHANGED;
}

/** Gives memory back after a body. */
export function releaseSettings(): void {
  CHANGED.release();
}

function generatesText(capability: Capability): bool {
  switch (capability) {
    case Capability.Chat:
    case Capability.Completions:
    case Capability.Messages:
    case Capability.Responses:
      return true;
    default:
      return false;
  }
}

/** The limit on the answer's tokens has several names, of which a client may use any; the end user has two. */
function renamed(setting: CustomSetting, capability: Capability, doc: Document): CustomSetting {
  if (setting.path.length > 1) return setting;
  const name = setting.path[0];
  let path = [name];
  if (name == "max_tokens" || name == "max_completion_tokens" || name == "max_output_tokens") {
    path = [limitName(name, capability, doc)];
  } else if (name == "user" && capability == Capability.Messages) {
    path = ["metadata", "user_id"];
  }
  return new CustomSetting(path, setting.value, setting.overwrite);
}

function limitName(name: string, capability: Capability, doc: Document): string {
  if (capability == Capability.Responses) return "max_output_tokens";
  if (capability != Capability.Chat) return "max_tokens";
  if (doc.get(doc.root(), "max_completion_tokens") >= 0) return "max_completion_tokens";
  if (doc.get(doc.root(), "max_tokens") >= 0) return "max_tokens";
  return name == "max_output_tokens" ? "max_completion_tokens" : name;
}
