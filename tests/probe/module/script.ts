// What the probe does in a callback, as the request header `x-do` says:
// `request_headers=ret:1;request_body=hold,set:new` — callback, then steps; % stands for a colon.
import {
  addHeader,
  closeStream,
  continueStream,
  getBuffer,
  getHeader,
  removeHeader,
  replaceHeader,
  sendReply,
  setBuffer,
} from "./imports";
import { performRest } from "./state-steps";
import { CELLS, report, reportGiven, utf8, Utf8 } from "./text";

const scripts = new Map<u32, string>();

/** One callback of one stream. */
export class Moment {
  /** What the callback answers. */
  status: u32 = 0;

  constructor(
    public name: string,
    public id: u32,
    public end: bool,
  ) {}

  isResponse(): bool {
    return this.name.startsWith("response");
  }

  /** The header map of this callback's message; in an answer to a call the request's. */
  headers(): u32 {
    return this.isResponse() ? 2 : 0;
  }

  body(): u32 {
    return this.isResponse() ? 1 : 0;
  }
}

/** One step, `name:argument:argument`. */
export class Step {
  constructor(private words: string[]) {}

  get name(): string {
    return this.words[0];
  }

  text(i: i32, missing: string = ""): string {
    return i < this.words.length ? this.words[i].replaceAll("%", ":") : missing;
  }

  bytes(i: i32): Utf8 {
    return utf8(this.text(i));
  }

  number(i: i32, missing: i32 = 0): i32 {
    return i < this.words.length ? i32.parse(this.words[i]) : missing;
  }
}

/** Keeps the script of a stream. */
export function setScript(id: u32, script: string): void {
  scripts.set(id, script);
}

/** Does the steps of a callback; what it is to answer. */
export function perform(name: string, id: u32, end: bool): u32 {
  const moment = new Moment(name, id, end);
  if (!scripts.has(id)) return 0;
  const parts = scripts.get(id).split(";");
  for (let i = 0; i < parts.length; ++i) {
    const equals = parts[i].indexOf("=");
    if (equals < 0 || parts[i].substring(0, equals) != name) continue;
    const steps = parts[i].substring(equals + 1).split(",");
    for (let k = 0; k < steps.length; ++k) performStep(moment, new Step(steps[k].split(":")));
  }
  return moment.status;
}

function performStep(moment: Moment, step: Step): void {
  const name = step.name;
  if (name == "ret") moment.status = step.number(1);
  else if (name == "hold") moment.status = moment.end ? 0 : 1;
  else if (name == "end") moment.status = moment.end ? step.number(1) : 1;
  else if (name == "reply") reply(step);
  else if (name == "resume") continueStream(step.number(1));
  else if (name == "close") closeStream(step.number(1));
  else if (name == "trap") unreachable();
  else if (!performOnBody(moment, step) && !performOnHeaders(moment, step)) {
    performRest(moment, step);
  }
}

function performOnBody(moment: Moment, step: Step): bool {
  const name = step.name;
  const body = moment.body();
  if (name == "log") {
    const length = step.number(1, i32.MAX_VALUE);
    reportGiven("body", getBuffer(body, 0, length, CELLS, CELLS + 4));
  } else if (name == "set") {
    const text = step.bytes(1);
    report("set", setBuffer(body, 0, i32.MAX_VALUE, text.ptr, text.length));
  } else if (name == "at") {
    const text = step.bytes(3);
    report("at", setBuffer(body, step.number(1), step.number(2), text.ptr, text.length));
  } else if (name == "grow") {
    const length = step.number(1);
    const bytes = heap.alloc(length);
    memory.fill(bytes, 0x61, length);
    report("grow", setBuffer(body, 0, i32.MAX_VALUE, bytes, length));
    heap.free(bytes);
  } else return false;
  return true;
}

function performOnHeaders(moment: Moment, step: Step): bool {
  const name = step.name;
  const map = name.endsWith("rq") ? 0 : moment.headers();
  const key = step.bytes(1);
  const value = step.bytes(2);
  if (name == "get" || name == "getrq") {
    reportGiven(step.text(1), getHeader(map, key.ptr, key.length, CELLS, CELLS + 4));
  } else if (name == "replace" || name == "replacerq") {
    report(name, replaceHeader(map, key.ptr, key.length, value.ptr, value.length));
  } else if (name == "add") {
    report(name, addHeader(map, key.ptr, key.length, value.ptr, value.length));
  } else if (name == "del") {
    report(name, removeHeader(map, key.ptr, key.length));
  } else return false;
  return true;
}

function reply(step: Step): void {
  const details = utf8("probe");
  const body = step.bytes(2);
  sendReply(step.number(1), details.ptr, details.length, body.ptr, body.length, 0, 0, -1);
}
