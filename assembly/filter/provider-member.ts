// With `providerFromRequest`: the member of a body that names the provider.
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError, invalidType, invalidValue } from "../openai/api-error";
import { setBuffer } from "../proxy-wasm/buffers";
import { setHeader } from "../proxy-wasm/headers";
import { BufferType, HeaderMapType } from "../proxy-wasm/types";
import { ByteWriter } from "../text/byte-writer";

/** The member. OpenRouter has one of this name, too: its objects are never meant. */
export const PROVIDER_MEMBER: string = "provider";

const EDIT: JsonEdit = new JsonEdit();
const TEXT: ByteWriter = new ByteWriter();

/** What one body says of its provider. */
export class ProviderMember {
  /** The id, or "" where the body names none. */
  id: string = "";
  /** What the member says can be no id. */
  error: ApiError | null = null;
  private readonly changed: Document = new Document();

  /** Reads the member and takes it out of the request's body. The body as it is then, until `release`. */
  take(doc: Document): Document {
    const root = doc.root();
    const value = doc.get(root, PROVIDER_MEMBER);
    this.id = doc.string(value);
    this.error = null;
    if (doc.absent(value) || doc.isObject(value)) return doc;
    if (this.id.length == 0) {
      this.error = invalidType(PROVIDER_MEMBER, "the id of a provider");
      return doc;
    }
    EDIT.begin(doc);
    EDIT.remove(root, PROVIDER_MEMBER);
    TEXT.clear();
    EDIT.apply(TEXT);
    if (!this.changed.parse(TEXT.ptr, TEXT.length)) return doc;
    setBuffer(BufferType.HttpRequestBody, i32.MAX_VALUE, TEXT.ptr, TEXT.length);
    setHeader(HeaderMapType.RequestHeaders, "content-length", TEXT.length.toString());
    return this.changed;
  }

  /** Gives memory back after a body. */
  release(): void {
    this.changed.release();
  }
}

/** The error for an id that no provider has which may be asked. */
export function unknownProvider(id: string): ApiError {
  return invalidValue(PROVIDER_MEMBER, `There is no provider '${id}' for this request.`);
}
