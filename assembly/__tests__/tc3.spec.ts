// Signatures of Tencent Cloud's API: https://cloud.tencent.com/document/api/1729/101843
// The values were computed by other implementations.
import { signTc3, Tc3Request } from "../auth/tc3";
import { utf8Of } from "./hex-text";

const ID = "AKIDtestSecretIdForDocs0000000000001";
const KEY = "testSecretKeyForDocs000000000001";
const CHAT = '{"Model":"hunyuan-lite","Messages":[{"Role":"user","Content":"你好"}],"Stream":true}';

function request(action: string, timestamp: i64 = 1717200000): Tc3Request {
  const made = new Tc3Request("hunyuan");
  made.host = "hunyuan.tencentcloudapi.com";
  made.action = action;
  made.timestamp = timestamp;
  return made;
}

function sign(id: string, key: string, signed: Tc3Request, text: string): string {
  const body = utf8Of(text);
  const value = signTc3(id, key, signed, body.ptr, body.length);
  body.release();
  return value;
}

function signatureOf(value: string): string {
  return value.substring(value.lastIndexOf("=") + 1);
}

describe("signTc3", () => {
  it("signs a chat", () => {
    expect(sign(ID, KEY, request("ChatCompletions"), CHAT)).toBe(
      "TC3-HMAC-SHA256 Credential=AKIDtestSecretIdForDocs0000000000001" +
        "/2024-06-01/hunyuan/tc3_request, SignedHeaders=content-type;host;x-tc-action, " +
        "Signature=29eb9d67f1646d3cc76142143956809643d2f03289fa29b2d996f50617bfb98e",
    );
  });
  it("signs without the action", () => {
    const value = sign(ID, KEY, request(""), CHAT);
    expect(value.includes("SignedHeaders=content-type;host,")).toBe(true);
    expect(signatureOf(value)).toBe(
      "2d21413479cad103959ebd7b3670e41304d7ec0df7b66389a6b214360811e266",
    );
  });
  it("signs embeddings", () => {
    const value = sign(ID, KEY, request("GetEmbedding"), '{"InputList":["hello"]}');
    expect(signatureOf(value)).toBe(
      "6ba7ab7bce9ffa91bf5ac60b2a8b4d9fafdfaa8e8514244eed9c945770afae15",
    );
  });
  it("signs with other keys at another time", () => {
    const signed = request("ChatCompletions", 1716359713);
    const text = '{"Model":"hunyuan-lite","Messages":[{"Role":"user","Content":"hi"}]}';
    expect(signatureOf(sign("A".repeat(36), "B".repeat(32), signed, text))).toBe(
      "d82c71ff3b3e935222c79e9c15581a7b6dd1ddd5c63e5e1673970957244d09ef",
    );
  });
  it("signs a host in any case", () => {
    const signed = request("ChatCompletions");
    signed.host = "Hunyuan.TencentCloudAPI.com";
    expect(sign(ID, KEY, signed, CHAT)).toBe(sign(ID, KEY, request("ChatCompletions"), CHAT));
  });
});
