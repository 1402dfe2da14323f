import { graphql } from "../../app/graphql";
import { TimelineEntryFields, TimelinePageFields } from "./timeline-entry";

export const TimelinePageQuery = graphql(
  `
  query TimelinePage($customerId: ID!, $first: Int!, $after: String, $filter: TimelineFilter) {
    customer(id: $customerId) {
      id
      timeline(first: $first, after: $after, filter: $filter) { ...TimelinePageFields }
    }
  }
`,
  [TimelinePageFields],
);

export const AgentFeed = graphql(
  `
  subscription AgentFeed($customers: [FeedCursorInput!]!) {
    agentFeed(customers: $customers) {
      customerId
      update {
        __typename
        ... on EntryAdded { cursor entry { ...TimelineEntryFields } }
        ... on EntryChanged { cursor entry { ...TimelineEntryFields } }
        ... on EntryRemoved { cursor id }
        ... on Resync { cursor reason }
      }
    }
  }
`,
  [TimelineEntryFields],
);
