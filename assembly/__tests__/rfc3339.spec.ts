// Times of day: https://www.rfc-editor.org/rfc/rfc3339#section-5.8
import { parseRfc3339 } from "../text/rfc3339";

describe("a time of day", () => {
  it("is read with any offset and fraction", () => {
    expect(parseRfc3339("1970-01-01T00:00:00Z")).toBe(0);
    expect(parseRfc3339("1985-04-12T23:20:50.52Z")).toBe(482196050);
    expect(parseRfc3339("1996-12-19T16:39:57-08:00")).toBe(851042397);
    expect(parseRfc3339("1937-01-01T12:00:27.87+00:20")).toBe(-1);
    expect(parseRfc3339("2025-07-07T20:22:19.184789123+02:00")).toBe(1751912539);
    expect(parseRfc3339("2024-02-29t12:00:00z")).toBe(1709208000);
    expect(parseRfc3339("2000-12-31T23:59:60Z")).toBe(978307200);
  });

  it("is refused where it is none", () => {
    expect(parseRfc3339("")).toBe(-1);
    expect(parseRfc3339("2025-07-07T20:22:19")).toBe(-1);
    expect(parseRfc3339("2025-13-07T20:22:19Z")).toBe(-1);
    expect(parseRfc3339("2025-07-07T2x:22:19Z")).toBe(-1);
    expect(parseRfc3339("yesterday, in the evening")).toBe(-1);
  });
});
