// Answers that the plugin makes itself: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#proxy_send_local_response
import { ByteWriter } from "../text/byte-writer";
import { writeHeaderPairs } from "./header-pairs";
import { proxy_send_local_response } from "./imports";

const HEADERS: ByteWriter = new ByteWriter();
const DETAILS: ByteWriter = new ByteWriter();
const NO_GRPC_STATUS: i32 = -1;

/** Ends the request with an answer. `details` shows in access logs as %RESPONSE_CODE_DETAILS%. */
export function sendLocalResponse(
  status: i32,
  details: string,
  headers: StaticArray<string>,
  body: ByteWriter,
): void {
  HEADERS.clear();
  writeHeaderPairs(headers, HEADERS);
  DETAILS.clear();
  DETAILS.ascii(details);
  proxy_send_local_response(
    status,
    DETAILS.ptr,
    DETAILS.length,
    body.ptr,
    body.length,
    HEADERS.ptr,
    HEADERS.length,
    NO_GRPC_STATUS,
  );
}
