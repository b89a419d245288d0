// What becomes of a body: left as it is, edited at its front, or written anew.
import { JsonEdit } from "../json/edit";
import { ByteWriter } from "../text/byte-writer";

/** The outcome of an encoder. `out` is shared memory: it is handed to the host before the next body. */
export class EncodedBody {
  readonly out: ByteWriter = new ByteWriter();
  /** How many bytes at the front of the original `out` takes the place of: 0 none, -1 all. */
  replaces: i32 = 0;

  /** Starts over: nothing is replaced. */
  clear(): void {
    this.out.clear();
    this.replaces = 0;
  }

  /** The writer for a body that is written anew. */
  rewrite(): ByteWriter {
    this.out.clear();
    this.replaces = -1;
    return this.out;
  }

  /** Puts what was edited in the place of the body's front. */
  edit(edit: JsonEdit): void {
    if (edit.isEmpty()) return;
    this.replaces = edit.prefixEnd();
    edit.applyPrefix(this.out);
  }

  /** Appends the body that the provider or client gets, made of the original one. */
  writeWhole(original: usize, length: i32, out: ByteWriter): void {
    out.writer(this.out);
    if (this.replaces >= 0) out.bytes(original + this.replaces, length - this.replaces);
  }

  /** Makes one piece of the edited front and what is kept of the original body. */
  complete(original: usize, length: i32): void {
    this.out.bytes(original + this.replaces, length - this.replaces);
    this.replaces = -1;
  }

  /** Length of the body that the provider or client gets. */
  resultLength(originalLength: i32): i32 {
    if (this.replaces < 0) return this.out.length;
    return originalLength - this.replaces + this.out.length;
  }
}
