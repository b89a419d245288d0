// Events of a stream that are named by the type of their payload:
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
import { JsonWriter } from "../json/json-writer";
import { beginTypedEvent, endEvent } from "../stream/sse-encoder";

/** Begins an event whose payload is an object: `type` is written, its other members follow. */
export function beginNamedEvent(name: string, json: JsonWriter): void {
  const out = json.out;
  beginTypedEvent(name, out);
  json.reset();
  json.beginObject();
  json.key("type");
  json.ascii(name);
}

/** Ends the object and the event. */
export function endNamedEvent(json: JsonWriter): void {
  json.endObject();
  endEvent(json.out);
}
