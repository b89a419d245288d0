// Damage to streams: events that come twice, in another order, not at all, or in other words.
// https://html.spec.whatwg.org/multipage/server-sent-events.html, https://smithy.io/2.0/aws/amazon-eventstream.html
import { damageBytes } from "./bytes.ts";
import type { Dice } from "./dice.ts";
import { damageJson } from "./json-text.ts";

/** The stream with its events disturbed, or one of them damaged. */
export function damageStream(bytes: Buffer, dice: Dice): Buffer {
  const binary = framesOf(bytes);
  if (binary !== null) return Buffer.concat(disturb(binary, dice));
  const text = bytes.toString("utf8");
  const end = text.includes("\n\n") ? "\n\n" : "\n";
  const events = text.split(end).filter((own) => own !== "");
  if (events.length === 0) return damageBytes(bytes, dice);
  if (dice.once(12)) return Buffer.from(text.replaceAll("\n", dice.pick(["\r\n", "\r"])));
  const changed = dice.once(2) ? disturb(events, dice) : withDamagedEvent(events, dice);
  return Buffer.from(changed.join(end) + (dice.once(10) ? "" : end));
}

/** Drops, doubles, swaps, repeats, reverses or cuts. */
function disturb<T>(events: readonly T[], dice: Dice): T[] {
  const all = [...events];
  const at = dice.below(all.length);
  const other = dice.below(all.length);
  const own = all[at] as T;
  switch (dice.below(7)) {
    case 0:
      all.splice(at, 1 + dice.below(3));
      return all;
    case 1:
      all.splice(other, 0, own);
      return all;
    case 2:
      [all[at], all[other]] = [all[other] as T, own];
      return all;
    case 3:
      all.splice(at, 0, ...new Array<T>(dice.pick([2, 30, 300])).fill(own));
      return all;
    case 4:
      return [...all.slice(0, at), ...all.slice(at).reverse()];
    case 5:
      return all.slice(0, at);
    default:
      return [...all, ...all.slice(at)];
  }
}

function withDamagedEvent(events: readonly string[], dice: Dice): string[] {
  const all = [...events];
  const at = dice.below(all.length);
  all[at] = damagedEvent(all[at] ?? "", dice);
  return all;
}

/** An event with other JSON, another name, several data lines, or lines that mean nothing. */
function damagedEvent(event: string, dice: Dice): string {
  const lines = event.split("\n");
  const index = Math.max(
    0,
    lines.findIndex((line) => line.startsWith("data:") || line.startsWith("{")),
  );
  const line = lines[index] ?? "";
  const start = line.startsWith("data:") ? (/^data: ?/.exec(line)?.[0].length ?? 0) : 0;
  const payload = line.slice(start);
  switch (dice.below(8)) {
    case 0:
      return lines.filter((own) => !own.startsWith("event:")).join("\n");
    case 1:
      return `event: ${dice.pick(["error", "ping", "done", "x", ""])}\n${event}`;
    case 2:
      return payload
        .split(",")
        .map((own, i, all) => `data: ${own}${i < all.length - 1 ? "," : ""}`)
        .join("\n");
    case 3:
      return `: comment\nid: 1\nretry: 5\nunknown: x\n${event}`;
    case 4:
      lines[index] = damageBytes(Buffer.from(line), dice).toString("utf8");
      return lines.join("\n");
    default:
      lines[index] = line.slice(0, start) + (damageJson(payload, dice) ?? "x");
      return lines.join("\n");
  }
}

/** The frames of a binary event stream, or null where it is none. */
function framesOf(bytes: Buffer): Buffer[] | null {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    if (length < 16 || at + length > bytes.length) return null;
    frames.push(bytes.subarray(at, at + length));
    at += length;
  }
  return frames.length === 0 ? null : frames;
}
