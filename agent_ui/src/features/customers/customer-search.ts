import type { ResultOf } from "gql.tada";
import { graphql } from "../../app/graphql";

export const CustomerSearch = graphql(`
  query CustomerSearch($search: String!, $first: Int!, $after: String) {
    customers(search: $search, first: $first, after: $after) {
      edges {
        matchedOn
        node { id name shared keys { id type value } segments { id name } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export type FoundCustomer = ResultOf<typeof CustomerSearch>["customers"]["edges"][number];
