// One configuration of the plugin and the streams under it.
import { PluginConfig } from "../config/plugin-config";
import { getBuffer } from "../proxy-wasm/buffers";
import { RootContext, StreamContext } from "../proxy-wasm/contexts";
import { log } from "../proxy-wasm/log";
import { readEnvironment } from "../proxy-wasm/system";
import { BufferType, LogLevel } from "../proxy-wasm/types";
import { GatewayContext } from "./gateway-context";
import { HttpContext } from "./http-context";

/** Holds the parsed configuration; streams keep it, so that an update leaves them alone. */
export class PluginContext extends RootContext {
  private config: PluginConfig = new PluginConfig();

  onConfigure(length: i32): bool {
    const bytes = getBuffer(BufferType.PluginConfiguration, 0, length);
    const config = PluginConfig.parse(bytes.ptr, bytes.length, readEnvironment());
    if (config.error.length > 0) {
      log(LogLevel.Critical, "configuration refused: " + config.error);
      return false;
    }
    for (let i = 0; i < config.warnings.length; ++i) {
      log(LogLevel.Warn, "configuration: " + config.warnings[i]);
    }
    this.config = config;
    return true;
  }

  createStream(id: u32): StreamContext {
    const gateway = this.config.gateway;
    if (gateway !== null) return new GatewayContext(id, this.config, gateway);
    return new HttpContext(id, this.config);
  }
}
