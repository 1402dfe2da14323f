/** Dates and times as people read them, always in the time zone of the installation. */
export const TIME_ZONE = "America/Sao_Paulo";

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone: TIME_ZONE, ...options });
    formatters.set(key, found);
  }
  return found;
}

/** `2026-11-22` for the day it was in the installation's zone; sorts as text. */
export function dayKey(iso: string): string {
  return formatter("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(iso));
}

export function formatDay(iso: string, locale: string): string {
  return formatter(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(
    new Date(iso),
  );
}

export function formatDate(iso: string, locale: string): string {
  return formatter(locale, { day: "2-digit", month: "2-digit", year: "numeric" }).format(new Date(iso));
}

export function formatTime(iso: string, locale: string): string {
  return formatter(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(iso));
}

export function formatDateTime(iso: string, locale: string): string {
  return `${formatDate(iso, locale)} ${formatTime(iso, locale)}`;
}

/** Whole seconds between two instants, never below zero. */
export function secondsBetween(fromIso: string, toIso: string): number {
  return Math.max(0, Math.round((Date.parse(toIso) - Date.parse(fromIso)) / 1000));
}

/** `4 min 05 s`, for the length of an interaction. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** `-03:00`: how far the installation's zone is from UTC at an instant. */
export function zoneOffset(iso: string): string {
  const parts = formatter("en-GB", { timeZoneName: "longOffset" }).formatToParts(new Date(iso));
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  return name === "GMT" ? "+00:00" : name.replace("GMT", "");
}
