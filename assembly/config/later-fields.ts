// Keys of a provider that existing configurations have and that do nothing yet.
import { JsonKind } from "../json/document";
import { FieldReader } from "./field-reader";

/** Checks their types, and warns once of each that is there. */
export function readLaterFields(reader: FieldReader): void {
  const first = reader.known.length;
  reader.valueOf("failover", JsonKind.Object);
  reader.valueOf("retryOnFailure", JsonKind.Object);
  for (let i = first; i < reader.known.length; ++i) {
    const name = reader.known[i];
    if (reader.doc.absent(reader.doc.get(reader.object, name))) continue;
    reader.report.warnOnce(name, reader.pathOf(name), "is accepted but has no effect yet");
  }
}
