/** Entries and pages for tests, with only what the test cares about spelled out. */
import type { TimelineEntry, TimelinePage } from "./timeline-entry";

export function anEntry(id: string, occurredAt: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    __typename: "NoteEntry",
    id,
    occurredAt,
    receivedAt: occurredAt,
    channel: "VOICE",
    direction: null,
    title: id,
    summary: null,
    source: "test",
    type: "note.added",
    timeFlag: null,
    retractable: false,
    agent: null,
    ...more,
  } as TimelineEntry;
}

export function aPage(nodes: TimelineEntry[], more: Partial<TimelinePage> = {}): TimelinePage {
  return {
    nodes,
    pageInfo: { hasNextPage: false, endCursor: null },
    facets: [{ channel: "VOICE", count: nodes.length }],
    freshness: { asOf: "2026-11-22T12:00:00Z", indexLagMs: 0, degraded: false },
    liveCursor: "1",
    ...more,
  };
}
