// Windows of the clock and what is left in them.
import { Allowance, Budget, durationText } from "../routing/budget";

/** A day's beginning, and with it a minute's. */
const MIDNIGHT: i64 = 1_735_776_000;

function shown(limit: Allowance | null): string {
  if (limit === null) return "none";
  const wait = durationText(limit.wait);
  return `${limit.unit}/${limit.window} ${limit.remaining} of ${limit.limit}, ${wait}`;
}

describe("Budget", () => {
  it("says what is left until the window's end", () => {
    const budget = new Budget(10, 100, 0);
    budget.advance(MIDNIGHT + 13);
    budget.addRequest();
    budget.addTokens(30);
    expect(shown(budget.requests(MIDNIGHT + 13))).toBe("requests/min 9 of 10, 47s");
    expect(shown(budget.tokens(MIDNIGHT + 13))).toBe("tokens/min 70 of 100, 47s");
    expect(shown(budget.exceeded(MIDNIGHT + 13))).toBe("none");
  });

  it("forgets a minute when the next one begins", () => {
    const budget = new Budget(1, 100, 1000);
    budget.advance(MIDNIGHT);
    budget.addRequest();
    budget.addTokens(100);
    budget.advance(MIDNIGHT + 59);
    expect(shown(budget.exceeded(MIDNIGHT + 59))).toBe("tokens/min 0 of 100, 1s");
    budget.advance(MIDNIGHT + 60);
    expect(shown(budget.exceeded(MIDNIGHT + 60))).toBe("none");
    expect(shown(budget.requests(MIDNIGHT + 60))).toBe("requests/min 1 of 1, 1m0s");
    expect(shown(budget.tokens(MIDNIGHT + 60))).toBe("tokens/min 100 of 100, 1m0s");
  });

  it("forgets a day when the next one begins", () => {
    const budget = new Budget(0, 0, 1000);
    budget.advance(MIDNIGHT + 1);
    budget.addTokens(1005);
    budget.advance(MIDNIGHT + 86_399);
    expect(shown(budget.exceeded(MIDNIGHT + 86_399))).toBe("tokens/day 0 of 1000, 1s");
    budget.advance(MIDNIGHT + 86_400);
    expect(shown(budget.exceeded(MIDNIGHT + 86_400))).toBe("none");
    expect(shown(budget.tokens(MIDNIGHT + 86_400))).toBe("tokens/day 1000 of 1000, 24h0m0s");
  });

  it("shows the window with less left", () => {
    const budget = new Budget(0, 100, 150);
    budget.advance(MIDNIGHT);
    budget.addTokens(90);
    expect(shown(budget.tokens(MIDNIGHT))).toBe("tokens/min 10 of 100, 1m0s");
    budget.advance(MIDNIGHT + 60);
    expect(shown(budget.tokens(MIDNIGHT + 60))).toBe("tokens/day 60 of 150, 23h59m0s");
  });

  it("makes wait for the longer of two windows that are used up", () => {
    const budget = new Budget(1, 100, 100);
    budget.advance(MIDNIGHT);
    budget.addRequest();
    expect(shown(budget.exceeded(MIDNIGHT))).toBe("requests/min 0 of 1, 1m0s");
    budget.addTokens(100);
    expect(shown(budget.exceeded(MIDNIGHT))).toBe("tokens/day 0 of 100, 24h0m0s");
  });

  it("has no limits of 0", () => {
    const budget = new Budget(0, 0, 0);
    budget.advance(MIDNIGHT);
    budget.addRequest();
    budget.addTokens(1);
    expect(shown(budget.exceeded(MIDNIGHT))).toBe("none");
    expect(budget.limitsTokens).toBe(false);
  });
});

describe("durationText", () => {
  it("leaves out what is 0 at the front", () => {
    expect(durationText(1)).toBe("1s");
    expect(durationText(60)).toBe("1m0s");
    expect(durationText(3725)).toBe("1h2m5s");
  });
});
