// Where Bedrock is: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
/** Regions of their own, by how their names begin, and where they are: region, domain, … */
// @ts-ignore: decorator
@lazy
const DOMAINS: StaticArray<string> = [
  "cn-",
  "amazonaws.com.cn",
  "eusc-",
  "amazonaws.eu",
  "us-iso-",
  "c2s.ic.gov",
  "us-isob-",
  "sc2s.sgov.gov",
];
const DEFAULT_DOMAIN: string = "amazonaws.com";

/** The host of the runtime in a region. */
export function runtimeHost(region: string): string {
  return `bedrock-runtime.${region}.${domainOf(region)}`;
}

function domainOf(region: string): string {
  for (let i = 0; i < DOMAINS.length; i += 2) {
    if (region.startsWith(unchecked(DOMAINS[i]))) return unchecked(DOMAINS[i + 1]);
  }
  return DEFAULT_DOMAIN;
}

/** Whether a text may be the name of a region. */
export function isRegion(text: string): bool {
  for (let i = 0; i < text.length; ++i) {
    const char = text.charCodeAt(i);
    const isPlain = (char >= 0x61 && char <= 0x7a) || (char >= 0x30 && char <= 0x39);
    if (!isPlain && char != 0x2d) return false;
  }
  return true;
}
