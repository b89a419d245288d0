// Clients of OpenAI's Responses API, whoever answers them: https://platform.openai.com/docs/api-reference/responses
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
import { ResponseObject } from "./response-object";
import { ResponseStream } from "./response-stream";
import { writeResponse } from "./response-writer";

/** Responses: errors are those of OpenAI's chat. */
export class ResponsesDialect extends ClientDialect {
  get capability(): Capability {
    return Capability.Responses;
  }

  get path(): string {
    return "/v1/responses";
  }

  translation(): ClientTranslation | null {
    return new ResponseTranslation();
  }
}

/** One response of a provider that has none. */
class ResponseTranslation extends ClientTranslation {
  private readonly response: ResponseObject = new ResponseObject();

  writeRequest(target: ChatTarget, doc: Document, out: ByteWriter): ApiError | null {
    const error = writeChatRequest(target, doc, out);
    if (error === null) this.response.takeRequest(doc);
    return error;
  }

  writeAnswer(completion: Document, out: ByteWriter): void {
    writeResponse(this.response, completion, new JsonWriter(out));
  }

  protected newStream(provider: string): ChatEvents {
    return new ResponseStream(provider, this.response);
  }

  release(): void {
    super.release();
    this.response.release();
  }
}
