/** The one query that paints the customer's screen. */
import type { FragmentOf } from "gql.tada";
import { graphql } from "../../app/graphql";
import { DocumentPageFields } from "../archive/document-queries";
import { TimelinePageFields } from "../history/timeline-entry";
import { OfferDecisionFields } from "../offers/offer-queries";

export const CustomerHeaderFields = graphql(`
  fragment CustomerHeaderFields on Customer {
    id
    name
    shared
    incomplete
    keys { id type value masked shared }
    attributes { name value updatedAt }
    segments { id name since }
    scores { name value updatedAt validUntil }
    consents { purpose channel granted at source }
    channels { channel interactions lastAt preference bestHour sampleSize }
  }
`);

export type CustomerHeaderData = FragmentOf<typeof CustomerHeaderFields>;
export type CustomerKey = CustomerHeaderData["keys"][number];

export const CustomerPageQuery = graphql(
  `
  query CustomerPage($id: ID!, $filter: TimelineFilter, $context: OfferContext) {
    customer(id: $id) {
      ...CustomerHeaderFields
      timeline(first: 20, filter: $filter) { ...TimelinePageFields }
      nextBestOffers(first: 3, context: $context) { ...OfferDecisionFields }
      documents(first: 5) { ...DocumentPageFields }
    }
  }
`,
  [CustomerHeaderFields, TimelinePageFields, OfferDecisionFields, DocumentPageFields],
);
