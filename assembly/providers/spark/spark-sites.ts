// Where each version of Spark is, and what it is called there: https://www.xfyun.cn/doc/spark/Web.html

/** Members of a row: model, the version that a request may name, path, and domain. */
const ROW_LENGTH: i32 = 4;
// prettier-ignore
const SITES: StaticArray<string> = [
  "lite", "v1.1", "/v1.1/chat", "lite",
  "general", "", "/v1.1/chat", "general",
  "generalv2", "v2.1", "/v2.1/chat", "generalv2",
  "generalv3", "v3.1", "/v3.1/chat", "generalv3",
  "pro-128k", "pro-128k", "/chat/pro-128k", "pro-128k",
  "generalv3.5", "v3.5", "/v3.5/chat", "generalv3.5",
  "max-32k", "max-32k", "/chat/max-32k", "max-32k",
  "4.0Ultra", "v4.0", "/v4.0/chat", "4.0Ultra",
  "x1", "x1", "/v1/x1", "x1",
  "spark-x", "", "/v1/x1", "spark-x",
  "imagev3", "", "/v2.1/image", "imagev3",
  "image", "", "/v2.1/image", "general",
];
/** The first row of a version that knows functions. */
const FIRST_WITH_TOOLS: i32 = 3;
/** The first row whose temperature goes up to 2. */
const FIRST_WIDE: i32 = 7;
const FIRST_IMAGE: i32 = 10;
/** Newer names of the reasoning model that is behind this API. */
const SPARK_X1: string = "spark-x1";

/** A model of a path of one's own: it is told by its name. */
export const OWN_SITE: i32 = -1;
export const UNKNOWN_SITE: i32 = -2;

/** The row of a model, or of a version where one is named ("" for none). */
export function siteOf(model: string, version: string): i32 {
  const wanted = version.length > 0 ? version : model.startsWith(SPARK_X1) ? "spark-x" : model;
  const column = version.length > 0 ? 1 : 0;
  for (let row = 0, at = column; at < SITES.length; ++row, at += ROW_LENGTH) {
    if (unchecked(SITES[at]) == wanted) return row;
  }
  return UNKNOWN_SITE;
}

export function pathOfSite(site: i32): string {
  return SITES[site * ROW_LENGTH + 2];
}

/** What a request calls the model. */
export function domainOf(site: i32, model: string): string {
  return site < 0 ? model : SITES[site * ROW_LENGTH + 3];
}

export function isImageSite(site: i32): bool {
  return site >= FIRST_IMAGE;
}

export function knowsTools(site: i32): bool {
  return site < 0 || (site >= FIRST_WITH_TOOLS && site < FIRST_IMAGE);
}

/** The highest temperature. */
export function hottest(site: i32): f64 {
  return site < 0 || (site >= FIRST_WIDE && site < FIRST_IMAGE) ? 2 : 1;
}
