// What Higress's controller makes of a WasmPlugin: one configuration with a list of rules.
// https://higress.cn/en/docs/latest/user/configurations/wasm-plugin/

export interface MatchRule {
  ingress?: string[];
  domain?: string[];
  service?: string[];
  config?: object;
  configDisable?: boolean;
}

/** The `spec`, as far as the plugin hears of it. */
export interface HigressWasmPlugin {
  defaultConfig?: object;
  defaultConfigDisable?: boolean;
  matchRules?: MatchRule[];
  /** In place of all of the above. */
  pluginConfig?: object;
  vmConfig?: { env: { name: string; valueFrom: string }[] };
}

/** The plugin's configuration; null where the plugin is left out of the listener. */
export function higressConfig(spec: HigressWasmPlugin): object | null {
  if (spec.pluginConfig !== undefined) return spec.pluginConfig;
  const rules = (spec.matchRules ?? []).filter((rule) => rule.configDisable !== true).map(render);
  const isOff = spec.defaultConfigDisable === true;
  if (isOff && rules.length === 0) return null;
  const global = isOff ? {} : (spec.defaultConfig ?? {});
  return rules.length === 0 ? global : { ...global, _rules_: rules };
}

function render({ ingress = [], service = [], domain = [], config = {} }: MatchRule): object {
  const matchers = { _match_route_: ingress, _match_service_: service, _match_domain_: domain };
  const named = Object.entries(matchers).filter(([, names]) => names.length > 0);
  if (named.length === 0) throw new Error("a rule that matches nothing refuses the whole object");
  return { ...config, ...Object.fromEntries(named) };
}
