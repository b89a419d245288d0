// One configuration of the plugin and the streams under it.
import { PluginConfig } from "../config/plugin-config";
import { getBuffer } from "../proxy-wasm/buffers";
import { RootContext, StreamContext } from "../proxy-wasm/contexts";
import { findStream } from "../proxy-wasm/contexts";
import { log } from "../proxy-wasm/log";
import { setEffectiveContext } from "../proxy-wasm/streams";
import { currentTimeNanoseconds, readEnvironment } from "../proxy-wasm/system";
import { BufferType, LogLevel } from "../proxy-wasm/types";
import { ChoosingContext } from "./choosing-context";
import { FirstByteWatch } from "./first-byte-watch";
import { GatewayContext } from "./gateway-context";
import { HealthChecks } from "./health-check";
import { HttpContext } from "./http-context";
import { claimProvider } from "./outage";
import { ProviderStates } from "./provider-state";
import { tellLive } from "./token-health";

/** Holds the parsed configuration; streams keep it, so that an update leaves them alone. */
export class PluginContext extends RootContext {
  private config: PluginConfig = new PluginConfig();
  private readonly states: ProviderStates = new ProviderStates();
  private checks: HealthChecks = new HealthChecks([]);

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
    if (config.isAttempt) {
      const active = config.active;
      for (let i = 0; i < active.length; ++i) {
        claimProvider(active[i]);
        tellLive(active[i]);
      }
    }
    this.checks = new HealthChecks(config.probed());
    this.states.needTick(this.checks.period());
    return true;
  }

  onHttpCallResponse(call: u32, headers: u32, bodyLength: u32): void {
    if (this.checks.finish(call, headers, bodyLength)) return;
    const states = this.states.all;
    for (let i = 0; i < states.length; ++i) {
      const waiting = states[i].take(call, bodyLength);
      if (waiting === null) continue;
      for (let k = 0; k < waiting.length; ++k) {
        const stream = findStream(waiting[k]);
        // The client may have left in the meantime.
        if (stream === null) continue;
        setEffectiveContext(stream.id);
        stream.onResume();
      }
      return;
    }
  }

  onTick(): void {
    const now = currentTimeNanoseconds();
    this.checks.begin(now / 1_000_000);
    const states = this.states.all;
    for (let i = 0; i < states.length; ++i) tellOverdue(states[i].watch, now);
    tellOverdue(this.states.held, now);
  }

  createStream(id: u32): StreamContext {
    const gateway = this.config.gateway;
    if (gateway !== null) return new GatewayContext(id, this.config, gateway);
    if (this.config.takesProvider) return new ChoosingContext(id, this.config, this.states);
    return new HttpContext(id, this.config, this.states);
  }
}

/** Tells the streams whose time is over. */
function tellOverdue(watch: FirstByteWatch, now: i64): void {
  for (let id = watch.next(now); id != 0; id = watch.next(now)) {
    const stream = findStream(id);
    if (stream === null) continue;
    setEffectiveContext(id);
    stream.onTimeout();
  }
}
