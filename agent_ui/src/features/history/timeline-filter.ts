/** The timeline's filter: channels live in the address, text does not, for it may hold something personal. */
import type { Channel, TimelineEntry } from "./timeline-entry";

export const CHANNELS: readonly Channel[] = [
  "VOICE",
  "IVR",
  "WHATSAPP",
  "CHAT",
  "EMAIL",
  "SMS",
  "MMS",
  "MOBILE_APP",
  "WEB",
  "BRANCH",
  "SOCIAL",
  "PRINT",
  "QR",
  "SYSTEM",
];

export type TimelineFilter = { channels: readonly Channel[]; text: string };

/** `"VOICE,CHAT"` from the address; anything unknown is left out. */
export function parseChannels(value: unknown): Channel[] {
  if (typeof value !== "string") return [];
  const asked = new Set(value.toUpperCase().split(","));
  return CHANNELS.filter((channel) => asked.has(channel));
}

export function toVariables(filter: TimelineFilter): { channels?: Channel[]; text?: string } | null {
  if (filter.channels.length === 0 && filter.text === "") return null;
  return {
    ...(filter.channels.length > 0 ? { channels: [...filter.channels] } : {}),
    ...(filter.text === "" ? {} : { text: filter.text }),
  };
}

/** Whether a live entry belongs on the screen; `unknown` when only the service can tell (text search). */
export function entryMatches(entry: TimelineEntry, filter: TimelineFilter): boolean | "unknown" {
  if (filter.channels.length > 0 && !filter.channels.includes(entry.channel)) return false;
  return filter.text === "" ? true : "unknown";
}
