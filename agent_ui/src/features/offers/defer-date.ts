/** Dates for "later": days of the installation's zone, sent as the instant that day begins there. */
import { dayKey, zoneOffset } from "../../app/time";

const DAY = 24 * 60 * 60 * 1000;

/** `2026-11-29`, so many days from now. */
export function inDays(days: number, now = Date.now()): string {
  return dayKey(new Date(now + days * DAY).toISOString());
}

export function startOfDay(date: string): string {
  return `${date}T00:00:00${zoneOffset(`${date}T12:00:00Z`)}`;
}
