/** What the console reads of a timeline entry, for the page, for later pages and for live updates alike. */
import type { FragmentOf } from "gql.tada";
import { graphql } from "../../app/graphql";

export const TimelineEntryFields = graphql(`
  fragment TimelineEntryFields on TimelineEntry {
    __typename
    id
    occurredAt
    receivedAt
    channel
    direction
    title
    summary
    source
    type
    timeFlag
    retractable
    ... on InteractionEntry { startedAt endedAt agent queue reason disposition protocol }
    ... on OfferEntry { offerId response responseReason respondedAt }
    ... on MessageEntry { campaign deliveryState stateAt stateReason }
    ... on DocumentEntry { documentId }
    ... on NoteEntry { agent }
    ... on FactEntry { details { name value } }
  }
`);

export type TimelineEntry = FragmentOf<typeof TimelineEntryFields>;
export type Channel = TimelineEntry["channel"];

export const TimelinePageFields = graphql(
  `
  fragment TimelinePageFields on TimelineConnection {
    nodes { ...TimelineEntryFields }
    pageInfo { hasNextPage endCursor }
    facets { channel count }
    freshness { asOf indexLagMs degraded }
    liveCursor
  }
`,
  [TimelineEntryFields],
);

export type TimelinePage = FragmentOf<typeof TimelinePageFields>;
