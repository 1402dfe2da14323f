/** Reads the address, asks the one query, and shows the customer or says why not. */
import { getRouteApi } from "@tanstack/react-router";
import type { ResultOf } from "gql.tada";
import { useEffect, useState } from "react";
import { type CombinedError, useClient } from "urql";
import { errorCode, errorText } from "../../app/error-text";
import { useText } from "../../app/text/language";
import { parseChannels, toVariables } from "../history/timeline-filter";
import { servingChannel } from "../offers/serving-channel";
import { CustomerPage } from "./customer-page";
import { CustomerPageQuery } from "./customer-page-query";
import { rememberCustomer } from "./recent-customers";

const route = getRouteApi("/customers/$customerId");

type Loaded = NonNullable<ResultOf<typeof CustomerPageQuery>["customer"]>;

export function CustomerRoute() {
  const { customerId } = route.useParams();
  return <LoadedCustomer key={customerId} customerId={customerId} />;
}

function LoadedCustomer({ customerId }: { customerId: string }) {
  const text = useText();
  const search = route.useSearch();
  const client = useClient();
  const [customer, setCustomer] = useState<Loaded | null>();
  const [error, setError] = useState<CombinedError>();
  const [attempt, setAttempt] = useState(0);
  // The filter the address had on arrival; later changes are the timeline's own business.
  const [filter] = useState(() => toVariables({ channels: parseChannels(search.channels), text: "" }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is there to ask again
  useEffect(() => {
    let current = true;
    const variables = { id: customerId, filter, context: { channel: servingChannel() } };
    void client
      .query(CustomerPageQuery, variables)
      .toPromise()
      .then((result) => {
        if (!current) return;
        setError(result.error);
        setCustomer(result.data?.customer ?? (result.error ? undefined : null));
      });
    return () => {
      current = false;
    };
  }, [client, customerId, filter, attempt]);

  useEffect(() => {
    if (!customer) return;
    const name = customer.name ?? text.customer.unnamed;
    document.title = `${name} · ${text.app.name}`;
    rememberCustomer({ id: customer.id, name, openedAt: new Date().toISOString() });
  }, [customer, text]);

  if (customer)
    return <CustomerPage customer={customer} onResync={() => setAttempt((before) => before + 1)} />;
  const missing = customer === null || errorCode(error) === "NOT_FOUND";
  if (missing) return <p className="page-status">{text.customer.notFound}</p>;
  if (!error) return <p className="page-status">{text.app.loading}</p>;
  return (
    <div className="page-status" role="alert">
      <p>{errorText(error, text)}</p>
      <button type="button" className="button primary" onClick={() => setAttempt(attempt + 1)}>
        {text.app.retry}
      </button>
    </div>
  );
}
