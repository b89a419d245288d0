// Signed queries: https://www.xfyun.cn/doc/spark/general_url_authentication.html
import { authorizationOf, signatureOf, signedQuery } from "../auth/signed-url";
import { httpDate } from "../text/http-date";

const HOST = "spark-api.xf-yun.com";
const KEY = "0123456789abcdef0123456789abcdef";
const SECRET = "c2VjcmV0LWZvci1kb2NzLTAwMDAwMDAx";
/** Sat, 01 Jun 2024 00:00:00 GMT */
const JUNE: i64 = 1717200000;

describe("httpDate", () => {
  it("writes weekday, month and time", () => {
    expect(httpDate(784111777)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
    expect(httpDate(0)).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
    expect(httpDate(JUNE)).toBe("Sat, 01 Jun 2024 00:00:00 GMT");
    expect(httpDate(1709251199)).toBe("Thu, 29 Feb 2024 23:59:59 GMT");
  });
});

describe("signatureOf", () => {
  it("gives the signature of iFlytek's example", () => {
    // Fri, 05 May 2023 10:43:39 GMT
    const secret = "MjlmNzkzNmZkMDQ2OTc0ZDdmNGE2ZTZi";
    expect(signatureOf(HOST, "/v1.1/chat", 1683283419, secret)).toBe(
      "z5gHdu3pxVV4ADMyk467wOWDQ9q6BQzR3nfMTjc/DaQ=",
    );
  });
  it("signs host and path", () => {
    expect(signatureOf(HOST, "/v3.5/chat", JUNE, SECRET)).toBe(
      "124Gphf2CJAS7Y8inS6VlNdN8KICkFqUKUAid0MEzwA=",
    );
    const images = "spark-api.cn-huabei-1.xf-yun.com";
    expect(signatureOf(images, "/v2.1/image", JUNE, SECRET)).toBe(
      "KOcqmZu7VePUSb34HM+3nRk6gj6O6yui0Hhnx5daoPI=",
    );
  });
});

describe("signedQuery", () => {
  it("says who signs and when", () => {
    const authorization =
      "YXBpX2tleT0iMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYiLCBhbGdvcml0aG09ImhtYWMtc2hhMjU2" +
      "IiwgaGVhZGVycz0iaG9zdCBkYXRlIHJlcXVlc3QtbGluZSIsIHNpZ25hdHVyZT0iMTI0R3BoZjJDSkFTN1k4aW5T" +
      "NlZsTmROOEtJQ2tGcVVLVUFpZDBNRXp3QT0i";
    const signature = signatureOf(HOST, "/v3.5/chat", JUNE, SECRET);
    expect(authorizationOf(KEY, signature)).toBe(authorization);
    expect(signedQuery(HOST, "/v3.5/chat", JUNE, KEY, SECRET)).toBe(
      `authorization=${authorization}&date=Sat%2C%2001%20Jun%202024%2000%3A00%3A00%20GMT` +
        "&host=spark-api.xf-yun.com",
    );
  });
});
