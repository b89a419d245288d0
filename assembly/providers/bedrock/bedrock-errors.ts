// Bedrock's errors as OpenAI's:
// https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
import { Document } from "../../json/document";
import { ApiError } from "../../openai/api-error";
import { AwsEventStreamDecoder } from "../../stream/aws-event-stream-decoder";
import { Call } from "../call";
import { classOf, ErrorClass, errorOf } from "../error-classes";
import { NativeError } from "../native-error";

/** Errors of credentials, in lower case and without their common end. */
const CREDENTIAL_ERRORS: string =
  " unrecognizedclient invalidsignature expiredtoken missingauthenticationtoken incompletesignature" +
  " invalidclienttokenid signaturedoesnotmatch requestexpired ";
/** What messages say of a credential that is wrong, in lower case. */
// @ts-ignore: decorator
@lazy
const BAD_CREDENTIAL: StaticArray<string> = [
  "security token included in the request",
  "request signature we calculated",
  "api key is valid",
  "signature expired",
];
/** What messages say of a prompt that is too long, in lower case. */
// @ts-ignore: decorator
@lazy
const TOO_LONG: StaticArray<string> = [
  "too many tokens",
  "input is too long",
  "expected maxlength",
  "too many input tokens",
];

const DOC: Document = new Document();

/** The name of an error as it stands in a header or a body: what is around it is taken off. */
export function errorName(text: string): string {
  const colon = text.indexOf(":");
  const name = colon < 0 ? text : text.substring(0, colon);
  return name.substring(name.lastIndexOf("#") + 1);
}

/** The class of an error, by its name first. */
export function classOfBedrock(error: NativeError): ErrorClass {
  const word = error.code.toLowerCase();
  const name = word.endsWith("exception") ? word.substring(0, word.length - 9) : word;
  if (name.length > 0) {
    if (CREDENTIAL_ERRORS.includes(` ${name} `)) return ErrorClass.BadCredential;
    if (name == "servicequotaexceeded") return ErrorClass.Quota;
    if (name == "resourcenotfound") return ErrorClass.ModelNotFound;
    if (name == "throttling" || name == "modelnotready") return ErrorClass.RateLimit;
    if (name == "modeltimeout") return ErrorClass.Timeout;
    if (name == "serviceunavailable") return ErrorClass.Overloaded;
    if (name == "internalserver") return ErrorClass.Internal;
    if (name == "modelerror" || name == "modelstreamerror") {
      if (error.status == 0) error.status = 424;
      return ErrorClass.Internal;
    }
  }
  if (error.status != 429 && mentionsAny(error, BAD_CREDENTIAL)) return ErrorClass.BadCredential;
  if (name == "accessdenied") return ErrorClass.Permission;
  const isInvalid = name == "validation";
  if ((isInvalid || error.status == 400) && mentionsAny(error, TOO_LONG)) {
    return ErrorClass.ContextLength;
  }
  if (error.mentions("model identifier is invalid")) return ErrorClass.ModelNotFound;
  if (isInvalid && error.status == 0) error.status = 400;
  return classOf(error);
}

function mentionsAny(error: NativeError, texts: StaticArray<string>): bool {
  for (let i = 0; i < texts.length; ++i) if (error.mentions(unchecked(texts[i]))) return true;
  return false;
}

/** The error that a frame in the middle of a stream is. Null: it is of a kind that says nothing. */
export function errorOfFrame(
  provider: string,
  call: Call,
  frame: AwsEventStreamDecoder,
): ApiError | null {
  const type = frame.header(":exception-type");
  if (type.length == 0 && !frame.headerIs(":message-type", "error")) return null;
  const error = new NativeError(provider, 0);
  error.code = errorName(type.length > 0 ? type : frame.header(":error-code"));
  error.message = frame.header(":error-message");
  if (frame.payloadLength > 0 && DOC.parse(frame.payload, frame.payloadLength)) {
    const root = DOC.root();
    let message = DOC.get(root, "message");
    if (DOC.stringLength(message) == 0) message = DOC.get(root, "originalMessage");
    if (DOC.stringLength(message) == 0) message = DOC.get(root, "Message");
    if (DOC.isString(message)) error.message = DOC.string(message);
  }
  error.complete(call.token);
  return errorOf(classOfBedrock(error), error);
}
