// Clients that speak Anthropic's protocol, whoever answers them: https://docs.claude.com/en/api/messages
import { ChatEvents } from "../clients/chat-events";
import { ChatTarget } from "../clients/chat-target";
import { ClientDialect } from "../clients/client-dialect";
import { ClientTranslation } from "../clients/client-translation";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { writeChatRequest } from "./chat-request";
import { writeMessageError, writeMessageErrorEvent } from "./message-error";
import { MessageStream } from "./message-stream";
import { writeMessage } from "./message-writer";

const OWN_HEADERS: StaticArray<string> = ["anthropic-version", "anthropic-beta"];

/** Messages. */
export class AnthropicDialect extends ClientDialect {
  get hasOwnErrors(): bool {
    return true;
  }

  get capability(): Capability {
    return Capability.Messages;
  }

  get path(): string {
    return "/v1/messages";
  }

  get ownHeaders(): StaticArray<string> {
    return OWN_HEADERS;
  }

  translation(): ClientTranslation | null {
    return new MessageTranslation();
  }

  writeError(error: ApiError, json: JsonWriter): void {
    writeMessageError(error, json);
  }

  writeErrorEvent(error: ApiError, out: ByteWriter): void {
    writeMessageErrorEvent(error, out);
  }

  missingKey(): ApiError {
    const message = "You didn't provide an API key. It has to stand in the header x-api-key.";
    return new ApiError(401, "invalid_request_error", "", message);
  }
}

/** One message of a provider that has none. */
class MessageTranslation extends ClientTranslation {
  writeRequest(target: ChatTarget, doc: Document, out: ByteWriter): ApiError | null {
    return writeChatRequest(target, doc, out);
  }

  writeAnswer(completion: Document, out: ByteWriter): void {
    writeMessage(completion, new JsonWriter(out));
  }

  protected newStream(provider: string): ChatEvents {
    return new MessageStream(provider);
  }
}
