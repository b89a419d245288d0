// The probe's steps outside of the message: calls, properties, metrics, shared values, the system.
import {
  callForeign,
  clockTimeGet,
  defineMetric,
  environGet,
  environSizesGet,
  getProperty,
  getShared,
  httpCall,
  incrementMetric,
  randomGet,
  recordMetric,
  setEffective,
  setProperty,
  setShared,
} from "./imports";
import { Moment, Step } from "./script";
import { CELLS, given, pairs, report, reportGiven, say, utf8 } from "./text";

const COUNTER: u32 = 0;
const HISTOGRAM: u32 = 2;

const callers = new Map<u32, u32>();

/** Turns to the stream that made a call; its id, or 0 where it is gone. */
export function turnToCaller(token: u32): u32 {
  const caller = callers.get(token);
  return setEffective(caller) == 0 ? caller : 0;
}

/** Does a step that is not about the message. */
export function performRest(moment: Moment, step: Step): void {
  const name = step.name;
  const one = step.bytes(1);
  const two = step.bytes(2);
  if (name == "call") call(moment.id, step);
  else if (name == "system") system();
  else if (name == "foreign") {
    report(name, callForeign(one.ptr, one.length, two.ptr, two.length, CELLS, CELLS + 4));
  } else if (name == "prop") {
    const path = utf8(step.text(1).replaceAll("/", "\0"));
    reportGiven(step.text(1), getProperty(path.ptr, path.length, CELLS, CELLS + 4));
  } else if (name == "setprop") {
    report(name, setProperty(one.ptr, one.length, two.ptr, two.length));
  } else if (name == "share") {
    report(name, setShared(one.ptr, one.length, two.ptr, two.length, step.number(3)));
  } else if (name == "shared") {
    reportGiven(name, getShared(one.ptr, one.length, CELLS, CELLS + 4, CELLS + 8));
  } else if (name == "count") {
    defineMetric(COUNTER, one.ptr, one.length, CELLS);
    report(name, incrementMetric(load<u32>(CELLS), step.number(2)));
  } else if (name == "record") {
    defineMetric(HISTOGRAM, one.ptr, one.length, CELLS);
    report(name, recordMetric(load<u32>(CELLS), step.number(2)));
  } else say("unknown step " + name);
}

function call(id: u32, step: Step): void {
  const cluster = step.bytes(1);
  const headers = pairs([":method", "POST", ":path", "/token", ":authority", "auth.test"]);
  const body = utf8("ask");
  const result = httpCall(
    cluster.ptr,
    cluster.length,
    headers.ptr,
    headers.length,
    body.ptr,
    body.length,
    0,
    0,
    1000,
    CELLS,
  );
  report("call", result);
  if (result == 0) callers.set(load<u32>(CELLS), id);
}

function system(): void {
  randomGet(CELLS, 4);
  const random = load<u32>(CELLS);
  clockTimeGet(0, 0, CELLS);
  const seconds = load<u64>(CELLS) / 1000000000;
  environSizesGet(CELLS, CELLS + 4);
  const length = load<u32>(CELLS, 4);
  const pointers = heap.alloc(4 * load<u32>(CELLS) + 1);
  const bytes = heap.alloc(length + 1);
  environGet(pointers, bytes);
  const environment = String.UTF8.decodeUnsafe(bytes, length).replaceAll("\0", " ");
  say("system " + random.toString() + " " + seconds.toString() + " " + environment);
}
