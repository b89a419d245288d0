// Callouts to a cluster: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#proxy_http_call
import { ByteWriter } from "../text/byte-writer";
import { rememberCall } from "./contexts";
import { writeHeaderPairs } from "./header-pairs";
import { proxy_http_call } from "./imports";
import { lengthCell, receivedLength } from "./received";
import { Status } from "./types";

const CLUSTER: ByteWriter = new ByteWriter();
const HEADERS: ByteWriter = new ByteWriter();
const NO_TRAILERS: ByteWriter = new ByteWriter();

/**
 * Sends one request; the whole answer comes to `onHttpCallResponse` of the stream with the id `stream`, or of the root
 * context for 0. `headers` holds `:method`, `:path` and `:authority`. Returns the call's id, or -1 where the cluster is
 * unknown.
 */
export function httpCall(
  cluster: string,
  headers: StaticArray<string>,
  body: ByteWriter,
  timeoutMilliseconds: i32,
  stream: u32 = 0,
): i32 {
  CLUSTER.clear();
  CLUSTER.text(cluster);
  HEADERS.clear();
  writeHeaderPairs(headers, HEADERS);
  NO_TRAILERS.clear();
  writeHeaderPairs(new StaticArray<string>(0), NO_TRAILERS);
  const status = proxy_http_call(
    CLUSTER.ptr,
    CLUSTER.length,
    HEADERS.ptr,
    HEADERS.length,
    body.ptr,
    body.length,
    NO_TRAILERS.ptr,
    NO_TRAILERS.length,
    timeoutMilliseconds,
    lengthCell(),
  );
  if (status != Status.Ok) return -1;
  const call = receivedLength();
  if (stream != 0) rememberCall(call, stream);
  return call;
}
