// Days in UTC: https://www.rfc-editor.org/rfc/rfc3339
import { ByteWriter } from "../text/byte-writer";
import { writeUtcDate } from "../text/date";
import { fromHex, toHex } from "./hex-text";

function dateOf(seconds: i64): string {
  const out = new ByteWriter();
  writeUtcDate(seconds, out);
  const text = out.toString();
  out.release();
  return text;
}

describe("writeUtcDate", () => {
  it("knows first and last seconds of days", () => {
    expect(dateOf(0)).toBe("1970-01-01");
    expect(dateOf(86_399)).toBe("1970-01-01");
    expect(dateOf(86_400)).toBe("1970-01-02");
    expect(dateOf(1717199999)).toBe("2024-05-31");
    expect(dateOf(1717200000)).toBe("2024-06-01");
  });
  it("knows leap days", () => {
    expect(dateOf(951_782_400)).toBe("2000-02-29");
    expect(dateOf(951_868_800)).toBe("2000-03-01");
    expect(dateOf(1_709_164_800)).toBe("2024-02-29");
    expect(dateOf(1_735_603_200)).toBe("2024-12-31");
    expect(dateOf(4_107_456_000)).toBe("2100-02-28");
    expect(dateOf(4_107_542_400)).toBe("2100-03-01");
    expect(dateOf(253_402_300_799)).toBe("9999-12-31");
  });
  it("goes from day to day", () => {
    let before = dateOf(0);
    for (let day: i64 = 1; day < 60_000; ++day) {
      const date = dateOf(day * 86_400);
      assert(date > before, date);
      before = date;
    }
    expect(before).toBe("2134-04-10");
  });
});

describe("writeHex", () => {
  it("writes two digits in lower case", () => {
    const bytes = fromHex("00017f80abcdefff");
    expect(toHex(bytes.ptr, bytes.length)).toBe("00017f80abcdefff");
    bytes.release();
  });
});
