// Two streams whose pieces come in turn, cut inside of events: each has to keep its own content.
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { chunk, CHUNKS_END, send, STREAM_HEAD } from "./raw-provider.ts";
import { chunkOf, DONE, event, finishOf } from "./watched-gateway.ts";

const WORDS = 40;
/** Bytes of the pieces, in turn: some hold the end of one event and most of the next. */
const PIECES = [37, 311, 5, 173];

/** A script for two requests. The first waits for the second. */
export function interleaved(): (socket: Socket) => Promise<void> {
  const waiting: { socket: Socket; bytes: Buffer }[] = [];
  return async (socket) => {
    const id = `chatcmpl-${waiting.length}`;
    const words = wordsOf(id).map((word) => event(chunkOf(word, id)));
    const text = words.join("") + event(finishOf(id)) + DONE;
    waiting.push({ socket, bytes: Buffer.from(text) });
    if (waiting.length < 2) return;
    for (const one of waiting) await send(one.socket, STREAM_HEAD);
    const length = Math.max(...waiting.map(({ bytes }) => bytes.length));
    for (let at = 0, turn = 0; at < length; ++turn) {
      const end = at + (PIECES[turn % PIECES.length] ?? 1);
      for (const one of waiting) {
        const piece = one.bytes.subarray(at, end);
        if (piece.length > 0) await send(one.socket, chunk(piece));
      }
      at = end;
    }
    for (const one of waiting) one.socket.end(CHUNKS_END);
  };
}

function wordsOf(id: string): string[] {
  return Array.from({ length: WORDS }, (_, i) => `${id}:${i} `);
}

/** Checks the texts that the two clients got, in any order. */
export function checkPair(texts: string[]): void {
  const expected = ["chatcmpl-0", "chatcmpl-1"].map((id) => wordsOf(id).join(""));
  assert.deepEqual([...texts].sort(), expected);
}
