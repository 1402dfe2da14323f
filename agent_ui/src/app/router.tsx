/** The addresses of the console. Customer ids hold nothing personal; searches and text filters are never in them. */
import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { CustomerRoute } from "../features/customers/customer-route";
import { StartPage } from "../features/customers/start-page";
import type { Channel } from "../features/history/timeline-entry";
import { parseChannels } from "../features/history/timeline-filter";
import { BrokenPage } from "./broken-page";
import { NotFoundPage } from "./not-found-page";
import { Shell } from "./shell";

export type CustomerSearchParams = { channels?: string; document?: string };

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFoundPage,
  errorComponent: BrokenPage,
});

const start = createRoute({ getParentRoute: () => root, path: "/", component: StartPage });

const customer = createRoute({
  getParentRoute: () => root,
  path: "/customers/$customerId",
  component: CustomerRoute,
  validateSearch: (search: Record<string, unknown>): CustomerSearchParams => ({
    ...channelsParam(parseChannels(search.channels)),
    ...(typeof search.document === "string" && search.document ? { document: search.document } : {}),
  }),
});

export function channelsParam(channels: readonly Channel[]): { channels?: string } {
  return channels.length > 0 ? { channels: channels.join(",") } : {};
}

export const router = createRouter({
  routeTree: root.addChildren([start, customer]),
  // Plain text values, not JSON in quotes: `?channels=VOICE,CHAT`.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString().replaceAll("%2C", ",");
    return text && `?${text}`;
  },
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
