// What clients speak: https://platform.openai.com/docs/api-reference
import { JsonWriter } from "../json/json-writer";
import { ApiError, missingApiKey } from "../openai/api-error";
import { writeErrorEvent } from "../openai/chunk-writer";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { ClientTranslation } from "./client-translation";

const NO_NAMES: StaticArray<string> = [];

/**
 * The protocol of a client, without state. As it stands the class is OpenAI's own, which is what providers are
 * translated to; a protocol that is none of OpenAI's chat overrides what differs.
 */
export class ClientDialect {
  /** Errors are not OpenAI's: whoever made one, the client gets it in its own shape. */
  get hasOwnErrors(): bool {
    return false;
  }

  /** The endpoint whose requests can become chat completions; `Unknown`: there is none. */
  get capability(): Capability {
    return Capability.Unknown;
  }

  /** Path of that endpoint, and the beginning of those that belong to it; "": none. */
  get path(): string {
    return "";
  }

  /** Headers of the client that mean nothing to a chat provider. */
  get ownHeaders(): StaticArray<string> {
    return NO_NAMES;
  }

  /** Whether a request to this path, with or without its query, comes from such a client. */
  speaksAt(target: string): bool {
    const path = this.path;
    const start = target.indexOf(path);
    if (start < 0) return false;
    const end = start + path.length;
    if (end == target.length) return true;
    const next = target.charCodeAt(end);
    return next == 0x2f || next == 0x3f;
  }

  /** What carries one exchange of such a client at a provider that has only chat; null: nothing has to. */
  translation(): ClientTranslation | null {
    return null;
  }

  /** The object that an error's body is. */
  writeError(error: ApiError, json: JsonWriter): void {
    error.write(json);
  }

  /** The event that ends a broken stream. */
  writeErrorEvent(error: ApiError, out: ByteWriter): void {
    writeErrorEvent(error, out);
  }

  /** 401: the client has sent no key. */
  missingKey(): ApiError {
    return missingApiKey();
  }
}
