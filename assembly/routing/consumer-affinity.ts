// Objects of a provider belong to the account that made them: a consumer's requests for such objects always use the same
// token.
import { fnv1a32 } from "../text/fnv";
import { Capability } from "./capability";

/** The client's header that names a consumer; a gateway before the plugin sets it. */
export const CONSUMER_HEADER = "x-mse-consumer";

/** Whether a capability makes or uses objects that the provider keeps. */
export function isStateful(capability: Capability): bool {
  switch (capability) {
    case Capability.Responses:
    case Capability.Response:
    case Capability.ResponseCancel:
    case Capability.ResponseInputItems:
    case Capability.ResponseInputTokens:
    case Capability.ResponseCompact:
    case Capability.Files:
    case Capability.File:
    case Capability.FileContent:
    case Capability.Batches:
    case Capability.Batch:
    case Capability.BatchCancel:
    case Capability.FineTuningJobs:
    case Capability.FineTuningJob:
    case Capability.FineTuningEvents:
    case Capability.FineTuningCheckpoints:
    case Capability.FineTuningCancel:
    case Capability.FineTuningPause:
    case Capability.FineTuningResume:
      return true;
    default:
      return false;
  }
}

/** The token of a consumer, of `count`. */
export function tokenOfConsumer(consumer: string, count: i32): i32 {
  return <i32>(fnv1a32(consumer) % <u32>count);
}
