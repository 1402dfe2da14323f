import type { FragmentOf } from "gql.tada";
import { graphql } from "../../app/graphql";

export const ReasonFields = graphql(`
  fragment ReasonFields on Reason { stage rule textPt textEn measured limit until }
`);

export const OfferDecisionFields = graphql(
  `
  fragment OfferDecisionFields on OfferDecision {
    id
    at
    offers { offerId name summary talkTrack value rank reasons { ...ReasonFields } }
    excluded { offerId name reasons { ...ReasonFields } }
  }
`,
  [ReasonFields],
);

export type OfferDecision = FragmentOf<typeof OfferDecisionFields>;
export type OfferSuggestion = OfferDecision["offers"][number];
export type OfferExclusion = OfferDecision["excluded"][number];
export type OfferReason = FragmentOf<typeof ReasonFields>;

export const NextOffers = graphql(
  `
  query NextOffers($customerId: ID!, $context: OfferContext) {
    customer(id: $customerId) {
      id
      nextBestOffers(first: 3, context: $context) { ...OfferDecisionFields }
    }
  }
`,
  [OfferDecisionFields],
);

export const PresentOffers = graphql(`
  mutation PresentOffers($input: PresentOffersInput!) {
    presentOffers(input: $input) {
      __typename
      ... on OffersPresented { projected }
      ... on Refusal { code message field }
    }
  }
`);

export const RespondToOffer = graphql(`
  mutation RespondToOffer($input: RespondToOfferInput!) {
    respondToOffer(input: $input) {
      __typename
      ... on OfferAnswered { projected entryId }
      ... on Refusal { code message field }
    }
  }
`);
