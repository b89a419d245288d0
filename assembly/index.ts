// The plugin's exports, and which root context a configuration gets.
import "./proxy-wasm/abort";
import { PluginContext } from "./filter/root-context";
import { setRootContext } from "./proxy-wasm/contexts";

export * from "./proxy-wasm/exports";

setRootContext((id) => new PluginContext(id));
