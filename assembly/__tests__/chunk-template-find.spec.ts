// Texts found in events of a known form.
import { ChunkTemplate } from "../stream/chunk-template";
import { ByteWriter } from "../text/byte-writer";

const EVENT = new ByteWriter();

function put(text: string): void {
  EVENT.clear();
  EVENT.text(text);
}

/**
 * The text found in `event` after `first`, whose text is `text`, was remembered; "-" where none is.
 */
function found(first: string, text: string, event: string): string {
  const template = new ChunkTemplate();
  put(first);
  const start = first.indexOf(text);
  template.remember(EVENT.ptr, EVENT.length, start, start + text.length);
  put(event);
  if (!template.find(EVENT.ptr, EVENT.length)) return "-";
  return String.UTF8.decodeUnsafe(template.text, template.textLength);
}

const FIRST = '{"i":0,"d":{"text":"Hi"}}';

describe("chunk template", () => {
  it("finds another text", () => {
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":"Grüße \\"x\\" \\\\"}}')).toBe(
      '"Grüße \\"x\\" \\\\"',
    );
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":""}}')).toBe('""');
  });

  it("does not mind spaces behind the text", () => {
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":"a"}       }')).toBe('"a"');
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":"a"} }  ')).toBe('"a"');
    expect(found('{"text":"Hi"   }', '"Hi"', '{"text":"a"}')).toBe('"a"');
  });

  it("refuses other forms", () => {
    expect(found(FIRST, '"Hi"', '{"i":1,"d":{"text":"a"}}')).toBe("-");
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":"a","n":1}}')).toBe("-");
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":"a"}')).toBe("-");
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":"a"}}}')).toBe("-");
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":"')).toBe("-");
    expect(found(FIRST, '"Hi"', "")).toBe("-");
  });

  it("refuses texts that are no JSON strings", () => {
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":"a\\x"}}')).toBe("-");
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":"a\\u12"}}')).toBe("-");
    expect(found(FIRST, '"Hi"', '{"i":0,"d":{"text":"a\n"}}')).toBe("-");
  });

  it("is exact where strings stand behind the text", () => {
    const first = '{"text":"Hi","type":"t"}';
    expect(found(first, '"Hi"', '{"text":"a","type":"t"}')).toBe('"a"');
    expect(found(first, '"Hi"', '{"text":"a","type":"u"}')).toBe("-");
    expect(found(first, '"Hi"', '{"text":"a", "type":"t"}')).toBe("-");
  });
});
