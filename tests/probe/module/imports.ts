// The host functions that the probe calls: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1

// @ts-ignore: decorator
@external("env", "proxy_log")
export declare function proxyLog(level: u32, ptr: usize, length: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_value")
export declare function getHeader(type: u32, key: usize, keyLen: u32, ptr: usize, len: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_replace_header_map_value")
export declare function replaceHeader(
  type: u32,
  key: usize,
  keyLen: u32,
  value: usize,
  len: u32,
): u32;
// @ts-ignore: decorator
@external("env", "proxy_add_header_map_value")
export declare function addHeader(type: u32, key: usize, keyLen: u32, value: usize, len: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_remove_header_map_value")
export declare function removeHeader(type: u32, key: usize, keyLen: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
export declare function getBuffer(type: u32, start: u32, length: u32, ptr: usize, len: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_buffer_bytes")
export declare function setBuffer(type: u32, start: u32, length: u32, ptr: usize, len: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_send_local_response")
export declare function sendReply(
  status: u32,
  details: usize,
  detailsLen: u32,
  body: usize,
  bodyLen: u32,
  headers: usize,
  headersLen: u32,
  grpc: i32,
): u32;
// @ts-ignore: decorator
@external("env", "proxy_continue_stream")
export declare function continueStream(type: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_close_stream")
export declare function closeStream(type: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_effective_context")
export declare function setEffective(id: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_property")
export declare function getProperty(path: usize, length: u32, ptr: usize, len: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_property")
export declare function setProperty(path: usize, length: u32, value: usize, valueLen: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_http_call")
export declare function httpCall(
  cluster: usize,
  clusterLen: u32,
  headers: usize,
  headersLen: u32,
  body: usize,
  bodyLen: u32,
  trailers: usize,
  trailersLen: u32,
  timeout: u32,
  token: usize,
): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_shared_data")
export declare function getShared(key: usize, keyLen: u32, ptr: usize, len: usize, cas: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_shared_data")
export declare function setShared(key: usize, keyLen: u32, value: usize, len: u32, cas: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_define_metric")
export declare function defineMetric(type: u32, name: usize, length: u32, id: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_increment_metric")
export declare function incrementMetric(id: u32, offset: i64): u32;
// @ts-ignore: decorator
@external("env", "proxy_record_metric")
export declare function recordMetric(id: u32, value: u64): u32;
// @ts-ignore: decorator
@external("env", "proxy_call_foreign_function")
export declare function callForeign(
  name: usize,
  nameLen: u32,
  argument: usize,
  argumentLen: u32,
  ptr: usize,
  len: usize,
): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_tick_period_milliseconds")
export declare function setTick(period: u32): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
export declare function randomGet(ptr: usize, length: u32): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
export declare function clockTimeGet(clock: u32, precision: u64, ptr: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_sizes_get")
export declare function environSizesGet(count: usize, length: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_get")
export declare function environGet(pointers: usize, bytes: usize): u32;
