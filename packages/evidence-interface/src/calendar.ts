/** True for a calendar-valid `YYYY-MM-DDTHH:MM:SS.mmmZ` (the pattern alone would pass 30 February). */
export function isCalendarTime(ts: string): boolean {
  const month = two(ts, 5);
  const day = two(ts, 8);
  if (month < 1 || month > 12 || day < 1 || two(ts, 11) > 23 || two(ts, 14) > 59 || two(ts, 17) > 59)
    return false;
  if (day <= 28) return true;
  const year = two(ts, 0) * 100 + two(ts, 2);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days =
    month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return day <= days;
}

function two(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + (text.charCodeAt(at + 1) - 48);
}
