// Reads HTTP/1.1 messages from raw bytes at the least cost: https://www.rfc-editor.org/rfc/rfc9112

const HEAD_END = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");
const EMPTY = Buffer.alloc(0);

const enum Part {
  Head,
  Body,
  ChunkSize,
  ChunkBytes,
  Trailer,
}

/** Finds where messages end; keeps their bodies only where asked to. */
export class HttpReader {
  /** Start line and headers of the message. */
  head = "";
  /** HTTP chunks that carried the body; 0 where it came with a content-length. */
  chunks = 0;
  bodyLength = 0;
  keepsBody = false;

  private kept: Buffer[] = [];
  private part = Part.Head;
  /** Body bytes still to come, of the whole body or of the chunk with its CR LF. */
  private left = 0;
  /** A head or a chunk's size that is not yet complete. */
  private pending: Buffer = EMPTY;

  constructor(private readonly onMessage: (message: HttpReader) => void) {}

  /** The body so far, empty unless `keepsBody`. */
  body(): string {
    return Buffer.concat(this.kept).toString();
  }

  push(bytes: Buffer): void {
    const rest: Buffer = this.pending.length > 0 ? Buffer.concat([this.pending, bytes]) : bytes;
    this.pending = EMPTY;
    let at = 0;
    while (at < rest.length) {
      const next = this.step(rest, at);
      if (next < 0) {
        this.pending = rest.subarray(at);
        return;
      }
      at = next;
    }
  }

  /** Where the reading goes on, or -1 where more bytes are needed. */
  private step(bytes: Buffer, at: number): number {
    if (this.part === Part.Head) return this.readHead(bytes, at);
    if (this.part === Part.ChunkSize) return this.readChunkSize(bytes, at);
    if (this.part === Part.Trailer) return this.readTrailer(bytes, at);
    const take = Math.min(this.left, bytes.length - at);
    if (this.keepsBody) this.keep(bytes, at, take);
    this.left -= take;
    if (this.left === 0) {
      if (this.part === Part.Body) this.end();
      else this.part = Part.ChunkSize;
    }
    return at + take;
  }

  private readHead(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(HEAD_END, at);
    if (end < 0) return -1;
    this.head = bytes.toString("latin1", at, end + 2);
    this.chunks = this.bodyLength = 0;
    this.kept = [];
    const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(this.head)?.[1];
    if (length !== undefined) {
      this.part = Part.Body;
      this.left = this.bodyLength = Number(length);
      if (this.left === 0) this.end();
    } else if (/\r\ntransfer-encoding: *chunked\r\n/i.test(this.head)) {
      this.part = Part.ChunkSize;
    } else {
      this.end();
    }
    return end + HEAD_END.length;
  }

  private readChunkSize(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LINE_END, at);
    if (end < 0) return -1;
    const size = parseInt(bytes.toString("latin1", at, end), 16);
    if (!(size >= 0)) throw new Error("not the size of a chunk");
    if (size === 0) {
      this.part = Part.Trailer;
    } else {
      this.part = Part.ChunkBytes;
      this.left = size + LINE_END.length;
      this.chunks++;
      this.bodyLength += size;
    }
    return end + LINE_END.length;
  }

  private readTrailer(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LINE_END, at);
    if (end < 0) return -1;
    if (end === at) this.end();
    return end + LINE_END.length;
  }

  private keep(bytes: Buffer, at: number, take: number): void {
    const lineEnd = this.part === Part.Body ? 0 : LINE_END.length;
    const length = Math.min(take, this.left - lineEnd);
    if (length > 0) this.kept.push(Buffer.from(bytes.subarray(at, at + length)));
  }

  private end(): void {
    this.part = Part.Head;
    this.onMessage(this);
  }
}
