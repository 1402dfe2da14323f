import type { FragmentOf } from "gql.tada";
import { graphql } from "../../app/graphql";

export const DocumentFields = graphql(`
  fragment DocumentFields on Document {
    id title kind mediaType size sha256 pageCount occurredAt channel source contentPath
  }
`);

export type ArchivedDocument = FragmentOf<typeof DocumentFields>;

export const DocumentPageFields = graphql(
  `
  fragment DocumentPageFields on DocumentConnection {
    nodes { ...DocumentFields }
    pageInfo { hasNextPage endCursor }
  }
`,
  [DocumentFields],
);

export type DocumentPage = FragmentOf<typeof DocumentPageFields>;

export const CustomerDocuments = graphql(
  `
  query CustomerDocuments($customerId: ID!, $first: Int!, $after: String) {
    customer(id: $customerId) {
      id
      documents(first: $first, after: $after) { ...DocumentPageFields }
    }
  }
`,
  [DocumentPageFields],
);

export const DocumentById = graphql(
  `
  query DocumentById($id: ID!) {
    document(id: $id) { ...DocumentFields }
  }
`,
  [DocumentFields],
);
