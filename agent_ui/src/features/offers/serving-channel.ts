/** The channel the agent is serving the customer by; kept for the tab, the telephone until said otherwise. */
import type { Channel } from "../history/timeline-entry";
import { parseChannels } from "../history/timeline-filter";

const STORED = "c360.serving";

export function servingChannel(): Channel {
  return parseChannels(sessionStorage.getItem(STORED))[0] ?? "VOICE";
}

export function serveBy(channel: Channel): void {
  sessionStorage.setItem(STORED, channel);
}
