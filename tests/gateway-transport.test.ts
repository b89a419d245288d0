// Below HTTP: certificates, handshakes, connections and HTTP/2 streams that fail before the first token.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, createServer as createHttp2, type ServerHttp2Stream } from "node:http2";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createServer as createTls } from "node:tls";
import { FallbackPair } from "./support/fallback-pair.ts";
import { never } from "./support/gateway-faults.ts";
import { chunk, CHUNKS_END, head, type Script, send, whole } from "./support/raw-provider.ts";

/** What becomes of a stream of HTTP/2. */
const STREAMS: Record<string, (stream: ServerHttp2Stream) => void> = {
  "RST_STREAM before the head": (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  "RST_STREAM with REFUSED_STREAM": (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
  "GOAWAY before the head": (stream) => {
    stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 0);
    stream.session?.destroy();
  },
  "RST_STREAM after the head": (stream) => {
    stream.respond({ ":status": 200, "content-type": "text/event-stream" });
    setTimeout(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 20);
  },
  "RST_STREAM within the first event": (stream) => {
    stream.respond({ ":status": 200, "content-type": "text/event-stream" });
    stream.write('data: {"id":"chat');
    setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), 20);
  },
  "a connection that goes after the head": (stream) => {
    stream.respond({ ":status": 200, "content-type": "text/event-stream" });
    setTimeout(() => stream.session?.destroy(), 20);
  },
  "an end after the head": (stream) => {
    stream.respond({ ":status": 200, "content-type": "text/event-stream" });
    stream.end();
  },
  "trailers instead of a body": (stream) => {
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-checksum": "1" }));
    const type = { ":status": 200, "content-type": "text/event-stream" };
    stream.respond(type, { waitForTrailers: true });
    stream.end();
  },
  "trailers behind an error": (stream) => {
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-checksum": "1" }));
    stream.respond(
      { ":status": 503, "content-type": "application/json" },
      { waitForTrailers: true },
    );
    stream.end('{"error":{"message":"No."}}');
  },
};

const BIG = "x".repeat(3 << 20);
const CHUNKED = { "content-type": "application/json", "transfer-encoding": "chunked" };

/** What becomes of HTTP/1.1. */
const SCRIPTS: Record<string, Script> = {
  "a half-closed connection": (socket) => {
    socket.end();
    // What is still to come is read.
    socket.resume();
  },
  "a half-closed connection after the head": (socket) => {
    socket.end(head(200, CHUNKED));
  },
  "chunked trailers behind an error": async (socket) => {
    await send(socket, head(503, { ...CHUNKED, trailer: "x-checksum" }));
    await send(socket, chunk('{"error":{"message":"No."}}'));
    socket.end("0\r\nx-checksum: 1\r\n\r\n");
  },
  "chunked trailers behind nothing": async (socket) => {
    await send(socket, head(200, { ...CHUNKED, trailer: "x-checksum" }));
    socket.end("0\r\nx-checksum: 1\r\n\r\n");
  },
  "an answer larger than all buffers": whole(200, JSON.stringify({ choices: [], padding: BIG })),
  "an answer larger than all buffers, in chunks": async (socket) => {
    await send(socket, head(200, CHUNKED));
    await send(socket, chunk(JSON.stringify({ choices: [], padding: BIG })));
    socket.end(CHUNKS_END);
  },
  "an error larger than all buffers": whole(503, JSON.stringify({ error: { message: BIG } })),
};

function listen(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );
}

/** A key and a certificate for a name that signs itself, as files. */
function selfSigned(folder: string, name: string): { key: string; cert: string } {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", key, "-out", cert, "-days", "2", "-subj", `/CN=${name}`],
      ...["-addext", `subjectAltName=DNS:${name}`],
    ],
    { stdio: "ignore" },
  );
  return { key, cert };
}

describe("fallback where the transport fails", () => {
  let pair: FallbackPair;
  let folder: string;
  const servers: Server[] = [];
  let onStream: (stream: ServerHttp2Stream) => void = () => {};

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "transport-"));
    const { key, cert } = selfSigned(folder, "other.test");
    const options = { key: readFileSync(key), cert: readFileSync(cert) };
    const secure = createTls(options, (socket) => socket.on("error", () => {}));
    // Takes connections, and never says anything.
    const mute = createServer((socket) => socket.on("error", () => {}));
    const leaving = createServer((socket) => void socket.on("error", () => {}).end());
    const http2 = createHttp2().on("stream", (stream) => {
      stream.on("error", () => {});
      stream.resume();
      stream.on("end", () => onStream(stream));
    });
    http2.on("sessionError", () => {});
    servers.push(secure, mute, leaving, http2);
    const [tls, silent, short, h2] = await Promise.all(servers.map(listen));
    const at = (port: number | undefined) => `127.0.0.1:${port}`;
    pair = await FallbackPair.start(
      { firstTokenTimeout: "1s", answerTimeout: "2s" },
      () => ({
        untrusted: { address: at(tls), tls: { sni: "other.test" } },
        misnamed: { address: at(tls), tls: { sni: "api.test", caFile: cert } },
        mute: { address: at(silent), tls: true, connectTimeout: "200ms" },
        short: { address: at(short), tls: false },
        http2: { address: at(h2), tls: false, http2: true },
      }),
      { requestBodyLimit: 1024 },
    );
  });

  after(async () => {
    await pair?.stop();
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [model, what] of [
    ["untrusted", "a certificate that nobody vouches for"],
    ["misnamed", "a certificate for another name"],
    ["mute", "a handshake that is never answered"],
    ["short", "a connection that is closed at once"],
  ] as const) {
    test(`${what}: a whole answer`, () => pair.assertWhole(never, model));
    test(`${what}: a stream`, () => pair.assertStream(never, model));
  }

  for (const [name, act] of Object.entries(STREAMS)) {
    test(`HTTP/2, ${name}: a whole answer`, () => {
      onStream = act;
      return pair.assertWhole(never, "http2");
    });
    test(`HTTP/2, ${name}: a stream`, () => {
      onStream = act;
      return pair.assertStream(never, "http2");
    });
  }

  for (const [name, script] of Object.entries(SCRIPTS)) {
    test(`${name}: a whole answer`, () => pair.assertWhole(script));
    test(`${name}: a stream`, () => pair.assertStream(script));
  }
});
