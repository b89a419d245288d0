// Numbers of the proxy-wasm ABI 0.2.1: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1

/** Result of a host call. */
export const WasmResult = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  SerializationFailure: 3,
  ParseFailure: 4,
  InvalidMemoryAccess: 6,
  Empty: 7,
  CasMismatch: 8,
  InternalFailure: 10,
  BrokenConnection: 11,
  Unimplemented: 12,
} as const;

/** Levels of proxy_log. */
export const LogLevel = { Trace: 0, Debug: 1, Info: 2, Warn: 3, Error: 4, Critical: 5 } as const;

/** What a headers callback answers; 2 is not an answer. */
export const HeadersStatus = {
  Continue: 0,
  StopIteration: 1,
  StopAllIterationAndBuffer: 3,
  StopAllIterationAndWatermark: 4,
} as const;

/** What a body callback answers. */
export const BodyStatus = {
  Continue: 0,
  StopIterationAndBuffer: 1,
  StopIterationAndWatermark: 2,
  StopIterationNoBuffer: 3,
} as const;

/** What a trailers callback answers. */
export const TrailersStatus = { Continue: 0, StopIteration: 1 } as const;

/** The two directions of HTTP, then those of TCP. */
export const StreamType = { Request: 0, Response: 1, Downstream: 2, Upstream: 3 } as const;

/** Buffers that a module can ask for. */
export const BufferType = {
  HttpRequestBody: 0,
  HttpResponseBody: 1,
  HttpCallResponseBody: 4,
  VmConfiguration: 6,
  PluginConfiguration: 7,
  CallData: 8,
} as const;

/** The largest number of each kind that the host takes; above it the answer is BadArgument. */
export const LARGEST_BUFFER_TYPE = 8;
export const LARGEST_HEADER_MAP_TYPE = 7;
export const LARGEST_STREAM_TYPE = 3;

/** Header maps that a module can ask for. */
export const HeaderMapType = {
  RequestHeaders: 0,
  RequestTrailers: 1,
  ResponseHeaders: 2,
  ResponseTrailers: 3,
  HttpCallResponseHeaders: 6,
  HttpCallResponseTrailers: 7,
} as const;

/** Kinds of metrics. */
export const MetricType = { Counter: 0, Gauge: 1, Histogram: 2 } as const;
