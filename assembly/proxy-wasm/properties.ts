// Properties of the stream: https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes
import { ByteWriter } from "../text/byte-writer";
import { proxy_get_property, proxy_set_property } from "./imports";
import { lengthCell, pointerCell, receivedText } from "./received";
import { Status } from "./types";

const PATH: ByteWriter = new ByteWriter();
const VALUE: ByteWriter = new ByteWriter();

/** A property as text, or "" where it is absent. Segments of `path` are separated by `\0`. */
export function getProperty(path: string): string {
  PATH.clear();
  PATH.ascii(path);
  const status = proxy_get_property(PATH.ptr, PATH.length, pointerCell(), lengthCell());
  return status == Status.Ok ? receivedText() : "";
}

/** `route_name` or `cluster_name` of the request's route; hosts differ in where they keep them. */
export function getRouteProperty(name: string): string {
  const value = getProperty("xds\0" + name);
  return value.length > 0 ? value : getProperty(name);
}

/** Whether a property is there; its bytes lie in `received`. */
export function receiveProperty(path: string): bool {
  PATH.clear();
  PATH.ascii(path);
  return proxy_get_property(PATH.ptr, PATH.length, pointerCell(), lengthCell()) == Status.Ok;
}

/** Sets filter state to bytes. */
export function setPropertyBytes(name: string, value: ByteWriter): void {
  PATH.clear();
  PATH.ascii(name);
  proxy_set_property(PATH.ptr, PATH.length, value.ptr, value.length);
}

/** Sets filter state `wasm.<name>`, read in access logs as `%FILTER_STATE(wasm.<name>:PLAIN)%`. */
export function setProperty(name: string, value: string): void {
  PATH.clear();
  PATH.ascii(name);
  VALUE.clear();
  VALUE.text(value);
  proxy_set_property(PATH.ptr, PATH.length, VALUE.ptr, VALUE.length);
}
