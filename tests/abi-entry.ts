// A filter that uses what of the ABI layer the plugin does not use yet: callouts, metrics, foreign functions, properties.
import { callForeignFunction } from "../assembly/proxy-wasm/foreign-function";
import "../assembly/proxy-wasm/abort";
import { RootContext, setRootContext, StreamContext } from "../assembly/proxy-wasm/contexts";
import { getHeader, setHeader } from "../assembly/proxy-wasm/headers";
import { httpCall } from "../assembly/proxy-wasm/http-call";
import { defineMetric, incrementMetric, recordMetric } from "../assembly/proxy-wasm/metrics";
import { getProperty, setProperty } from "../assembly/proxy-wasm/properties";
import { continueStream } from "../assembly/proxy-wasm/streams";
import {
  FilterHeadersStatus,
  HeaderMapType,
  MetricType,
  StreamType,
} from "../assembly/proxy-wasm/types";
import { ByteWriter } from "../assembly/text/byte-writer";

export * from "../assembly/proxy-wasm/exports";

class CallingRoot extends RootContext {
  createStream(id: u32): StreamContext {
    return new CallingStream(id);
  }
}

class CallingStream extends StreamContext {
  private call: i32 = -1;

  onRequestHeaders(endOfStream: bool): FilterHeadersStatus {
    const nothing = new ByteWriter();
    incrementMetric(defineMetric(MetricType.Counter, "calls"), 2);
    recordMetric(defineMetric(MetricType.Gauge, "level"), 7);
    setProperty("mark", "set");
    setHeader(HeaderMapType.RequestHeaders, "x-mark", getProperty("mark"));
    const cleared = callForeignFunction("clear_route_cache", nothing);
    const unknown = callForeignFunction("no_such_function", nothing);
    setHeader(HeaderMapType.RequestHeaders, "x-foreign", `${cleared} ${unknown}`);
    const headers: StaticArray<string> = [":method", "GET", ":path", "/t", ":authority", "a.test"];
    this.call = httpCall("tokens", headers, nothing, 500, this.id);
    return this.call < 0 ? FilterHeadersStatus.Continue : FilterHeadersStatus.StopIteration;
  }

  onHttpCallResponse(call: u32, headers: u32, bodyLength: u32): void {
    if (call != <u32>this.call) return;
    const status = getHeader(HeaderMapType.HttpCallResponseHeaders, ":status");
    setHeader(HeaderMapType.RequestHeaders, "x-called", `${status} ${bodyLength}`);
    continueStream(StreamType.Request);
  }
}

setRootContext((id) => new CallingRoot(id));
