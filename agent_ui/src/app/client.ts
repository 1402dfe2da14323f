/** The GraphQL client. No cache: what is on the screen comes from the service, and live updates keep it so. */
import { Client, fetchExchange } from "urql";
import { authorizedFetch } from "./authorized-fetch";

export const client = new Client({
  url: "/graphql",
  // Searches hold personal values, and those must never be part of an address.
  preferGetMethod: false,
  requestPolicy: "network-only",
  exchanges: [fetchExchange],
  fetch: authorizedFetch,
});
