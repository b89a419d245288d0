// Paths before the API's own, and streams whose time runs out.
import { withBase, withoutBase } from "../filter/base-path";
import { FirstByteWatch } from "../filter/first-byte-watch";

describe("a base path", () => {
  it("is taken off where whole segments are equal", () => {
    expect(withoutBase("/ai/v1/models", "/ai")).toBe("/v1/models");
    expect(withoutBase("/ai", "/ai")).toBe("/");
    expect(withoutBase("/ai/", "/ai")).toBe("/");
    expect(withoutBase("/aid/v1/models", "/ai")).toBe("/aid/v1/models");
    expect(withoutBase("/v1/ai", "/ai")).toBe("/v1/ai");
    expect(withoutBase("/v1/models", "")).toBe("/v1/models");
  });
  it("is put before unless it stands there", () => {
    expect(withBase("/v1/models", "/ai")).toBe("/ai/v1/models");
    expect(withBase("/ai/v1/models", "/ai")).toBe("/ai/v1/models");
    expect(withBase("/aid", "/ai")).toBe("/ai/aid");
    expect(withBase("", "/ai")).toBe("");
    expect(withBase("/v1", "")).toBe("/v1");
  });
});

describe("FirstByteWatch", () => {
  it("gives out each stream once its time is over", () => {
    const watch = new FirstByteWatch();
    expect(watch.next(i64.MAX_VALUE)).toBe(0);
    watch.add(7, 100);
    watch.add(8, 200);
    expect(watch.next(99)).toBe(0);
    expect(watch.next(100)).toBe(7);
    expect(watch.next(100)).toBe(0);
    expect(watch.next(300)).toBe(8);
    expect(watch.next(300)).toBe(0);
  });
  it("forgets what it has given out", () => {
    const watch = new FirstByteWatch();
    let sum: u32 = 0;
    for (let i: u32 = 1; i <= 1000; ++i) {
      watch.add(i, i);
      if (i % 3 == 0) for (let id = watch.next(i - 1); id != 0; id = watch.next(i - 1)) sum += id;
    }
    for (let id = watch.next(2000); id != 0; id = watch.next(2000)) sum += id;
    expect(sum).toBe(500500);
  });
});
