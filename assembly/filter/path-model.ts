// Models that stand in the path of a request.
import { Capability } from "../routing/capability";
import { Exchange } from "./exchange";

/** Takes the model that the path names, where it names one, and puts in the provider's name for it. */
export function readModelOfPath(exchange: Exchange): void {
  const call = exchange.call;
  const parameters = call.pathParameters;
  switch (call.capability) {
    case Capability.GenerateContent:
    case Capability.StreamGenerateContent:
      call.requestedModel = parameters[1];
      call.model = exchange.config.modelMapping.map(call.requestedModel);
      break;
    case Capability.Model:
      if (parameters.length > 0) call.pathParameters = [exchange.modelFor(parameters[0])];
      break;
    default:
  }
}
