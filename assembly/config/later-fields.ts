// Keys of a provider that existing configurations have and that do nothing yet.
import { JsonKind } from "../json/document";
import { ProviderSettings } from "../providers/provider-settings";
import { FieldReader } from "./field-reader";

/** Checks their types, and warns once of each that is there. */
export function readLaterFields(reader: FieldReader, settings: ProviderSettings): void {
  const first = reader.known.length;
  settings.authHeaderKey = reader.text("authHeaderKey");
  settings.moonshotFileId = reader.text("moonshotFileId");
  reader.valueOf("context", JsonKind.Object);
  reader.choice("reasoningContentMode", ["passthrough", "ignore", "concat"], "passthrough");
  reader.stringList("contextCleanupCommands");
  reader.bool("mergeConsecutiveMessages", false);
  reader.bool("promoteThinkingOnEmpty", false);
  reader.bool("hiclawMode", false);
  reader.bool("logUpstreamErrorResponseBody", false);
  reader.integer("firstByteTimeout", 0, i32.MAX_VALUE, 0);
  const basePath = reader.text("basePath");
  if (basePath.length > 0 && !basePath.startsWith("/")) {
    reader.report.fail(reader.pathOf("basePath"), "expected a path that begins with /");
  }
  reader.choice("basePathHandling", ["removePrefix", "prepend"], "removePrefix");
  for (let i = first; i < reader.known.length; ++i) {
    const name = reader.known[i];
    if (reader.doc.absent(reader.doc.get(reader.object, name))) continue;
    reader.report.warnOnce(name, reader.pathOf(name), "is accepted but has no effect yet");
  }
}
