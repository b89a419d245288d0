// Events that end in padding:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlockDeltaEvent.html
import { lengthWithoutPadding } from "../stream/padded-event";
import { utf8Of } from "./hex-text";

function plain(text: string): string {
  const bytes = utf8Of(text);
  const length = lengthWithoutPadding(bytes.ptr, bytes.length);
  const kept = String.UTF8.decodeUnsafe(bytes.ptr, length);
  bytes.release();
  return kept;
}

describe("lengthWithoutPadding", () => {
  it("takes the last member off", () => {
    expect(plain('{"a":{"text":"x"},"p":"abcXYZ019"}')).toBe('{"a":{"text":"x"}');
    expect(plain('{"a":1,"p":""}')).toBe('{"a":1');
  });
  it("keeps what is no padding", () => {
    const texts = [
      "",
      "}",
      '"}',
      '{"p":"abc"}',
      '{"a":1}',
      '{"a":"b"}',
      '{"a":1,"q":"abc"}',
      '{"a":1,"p":"a\\n"}',
      '{"a":1, "p":"a"}',
      '{"p":"abc","a":1}',
    ];
    for (let i = 0; i < texts.length; ++i) expect(plain(texts[i])).toBe(texts[i]);
  });
});
