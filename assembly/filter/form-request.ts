// Forms whose model has to be mapped or names the provider's path:
// https://platform.openai.com/docs/api-reference/audio/createTranscription
import { ApiError, invalidRequest, missingParameter } from "../openai/api-error";
import { EncodedBody } from "../providers/encoded-body";
import { Headers } from "../proxy-wasm/headers";
import { Capability } from "../routing/capability";
import { boundaryOf, MultipartForm } from "../stream/multipart-form";
import { Exchange } from "./exchange";

/** The form that a request comes with, if its model matters; null: its body is not looked at. */
export function readableForm(exchange: Exchange, headers: Headers): MultipartForm | null {
  const call = exchange.call;
  const config = exchange.config;
  if (!takesForm(call.capability) || call.method != "POST") return null;
  if (!headers.contains("content-type", "multipart/form-data")) return null;
  const isMapped = !config.modelMapping.isEmpty || exchange.routedModel.length > 0;
  if (!isMapped && !config.provider.needsModel(call.capability)) return null;
  return new MultipartForm(boundaryOf(headers.get("content-type")));
}

/** Whether requests may come as a form that names a model. */
export function takesForm(capability: Capability): bool {
  switch (capability) {
    case Capability.ImageEdit:
    case Capability.ImageVariation:
    case Capability.AudioTranscription:
    case Capability.AudioTranslation:
    case Capability.Videos:
      return true;
    default:
      return false;
  }
}

/** Maps the model of a form; one without a model gets the one that the mapping gives. */
export function encodeForm(
  exchange: Exchange,
  form: MultipartForm,
  ptr: usize,
  length: i32,
  body: EncodedBody,
): ApiError | null {
  const call = exchange.call;
  if (!form.find(ptr, length, "model")) {
    return invalidRequest("We could not parse the multipart form of your request.");
  }
  call.requestedModel = form.value();
  call.model = exchange.modelFor(call.requestedModel);
  if (call.model.length == 0 && exchange.config.provider.needsModel(call.capability)) {
    return missingParameter("model");
  }
  if (call.model == call.requestedModel) return null;
  const out = body.out;
  out.clear();
  if (form.valueStart >= 0) {
    out.bytes(ptr, form.valueStart);
    out.text(call.model);
    body.replaces = form.valueEnd;
    return null;
  }
  out.bytes(ptr, form.firstEnd);
  out.ascii('\r\nContent-Disposition: form-data; name="model"\r\n\r\n');
  out.text(call.model);
  out.ascii("\r\n");
  out.bytes(ptr + form.firstStart, form.firstEnd - form.firstStart);
  body.replaces = form.firstEnd;
  return null;
}
