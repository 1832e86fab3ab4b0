import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCalendarTime } from "./calendar.ts";

describe("isCalendarTime", () => {
  it.each([
    "2026-02-28T23:59:59.999Z",
    "2024-02-29T00:00:00.000Z",
    "2000-02-29T00:00:00.000Z",
    "2026-12-31T00:00:00.000Z",
  ])("accepts %s", (ts) => {
    expect(isCalendarTime(ts)).toBe(true);
  });

  it.each([
    "2026-02-29T00:00:00.000Z",
    "1900-02-29T00:00:00.000Z",
    "2026-04-31T00:00:00.000Z",
    "2026-00-01T00:00:00.000Z",
    "2026-13-01T00:00:00.000Z",
    "2026-01-00T00:00:00.000Z",
    "2026-01-32T00:00:00.000Z",
    "2026-01-01T24:00:00.000Z",
    "2026-01-01T00:60:00.000Z",
    "2026-01-01T00:00:60.000Z",
  ])("refuses %s", (ts) => {
    expect(isCalendarTime(ts)).toBe(false);
  });

  it("agrees with the platform's calendar on every date", () => {
    const two = (n: number) => String(n).padStart(2, "0");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.nat(14), fc.nat(33), (year, month, day) => {
        const ts = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T12:00:00.000Z`;
        const date = new Date(ts);
        expect(isCalendarTime(ts)).toBe(!Number.isNaN(date.getTime()) && date.toISOString() === ts);
      }),
    );
  });
});
