// Signatures of Amazon Web Services: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
// The first vector is of Amazon's own test suite, the others were computed by other implementations.
import { AwsCredentials, signV4, SigV4Request } from "../auth/sigv4";
import { utf8Of } from "./hex-text";

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const PATH = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse";
const BODY =
  '{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"inferenceConfig":{"maxTokens":64}}';

function credentials(token: string = ""): AwsCredentials {
  return new AwsCredentials("AKIDEXAMPLE", SECRET, token, "us-east-1", "bedrock");
}

function request(target: string = PATH, timestamp: i64 = 1735787045): SigV4Request {
  const made = new SigV4Request(timestamp);
  made.host = "bedrock-runtime.us-east-1.amazonaws.com";
  made.target = target;
  made.contentType = "application/json";
  return made;
}

function vanilla(target: string): SigV4Request {
  const made = new SigV4Request(1440938160);
  made.method = "GET";
  made.host = "example.amazonaws.com";
  made.target = target;
  return made;
}

function sign(who: AwsCredentials, signed: SigV4Request, text: string): string {
  const body = utf8Of(text);
  const value = signV4(who, signed, body.ptr, body.length);
  body.release();
  return value;
}

function signatureOf(value: string): string {
  return value.substring(value.lastIndexOf("=") + 1);
}

function signVanilla(target: string): string {
  const who = new AwsCredentials("AKIDEXAMPLE", SECRET, "", "us-east-1", "service");
  return signatureOf(sign(who, vanilla(target), ""));
}

describe("signV4", () => {
  it("signs like Amazon's suite", () => {
    expect(signVanilla("/")).toBe(
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    );
    expect(signVanilla("")).toBe(signVanilla("/"));
  });
  it("sorts and encodes the query", () => {
    // get-vanilla-query-order-key-case of the suite.
    expect(signVanilla("/?Param2=value2&Param1=value1")).toBe(
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    );
    expect(signVanilla("/?b=%2f&a=1&a&ab=%20")).toBe(signVanilla("/?a=&a=1&ab=%20&b=%2F"));
  });
  it("signs a chat", () => {
    expect(sign(credentials(), request(), BODY)).toBe(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250102/us-east-1/bedrock/aws4_request, " +
        "SignedHeaders=content-type;host;x-amz-date, " +
        "Signature=860997c9e1df289e3c7cde145a934cbd3205195f77191714c31b3d8d4753d02a",
    );
  });
  it("signs a session token", () => {
    const value = sign(credentials("FQoGZXIvYXdzEXAMPLETOKEN=="), request(), BODY);
    expect(value.includes("content-type;host;x-amz-date;x-amz-security-token,")).toBe(true);
    expect(signatureOf(value)).toBe(
      "f5ba75d3b1fbaaf3e7a9417e27e9215ee77dd24623bb0e2d5b84e9f994ca3eee",
    );
  });
  it("encodes a path that is not encoded", () => {
    const raw = request("/model/anthropic.claude-3-haiku-20240307-v1:0/converse");
    expect(signatureOf(sign(credentials(), raw, BODY))).toBe(
      "e89b76ecdbe98f41c5ceaf5f026fdd7fd993760971208d57504ffaae022e2afa",
    );
  });
  it("signs host and date alone", () => {
    const who = new AwsCredentials("ak", "test-secret", "", "ap-northeast-3", "bedrock");
    const path = "/model/global.amazon.nova-2-lite-v1%3A0/converse-stream";
    const signed = request(path, 1773325782);
    signed.host = "bedrock-runtime.ap-northeast-3.amazonaws.com";
    signed.contentType = "";
    const text = '{"messages":[{"role":"user","content":[{"text":"hello"}]}]}';
    expect(signed.date).toBe("20260312T142942Z");
    expect(signatureOf(sign(who, signed, text))).toBe(
      "80a177a1221df82043cb237580a2db52d6061aaf6685dd6ea8f2bdc98c3f2ff0",
    );
  });
  it("derives a new key for another day, region and secret", () => {
    const who = credentials();
    const first = sign(who, request(), BODY);
    const later = request(PATH, 1735787045 + 86_400);
    expect(sign(who, later, BODY)).toBe(sign(credentials(), later, BODY));
    expect(sign(who, later, BODY)).not.toBe(first);
    const other = new AwsCredentials("AKIDEXAMPLE", SECRET + "x", "", "us-east-1", "bedrock");
    expect(sign(other, request(), BODY)).not.toBe(first);
    const west = new AwsCredentials("AKIDEXAMPLE", SECRET, "", "us-west-2", "bedrock");
    expect(sign(west, request(), BODY)).not.toBe(first);
    expect(sign(who, request(), BODY)).toBe(first);
  });
});
