/** The decision on the screen, recomputed after each answer and for each channel the customer is served by. */
import { useCallback, useRef, useState } from "react";
import { type CombinedError, useClient } from "urql";
import type { Channel } from "../history/timeline-entry";
import { NextOffers, type OfferDecision } from "./offer-queries";
import { serveBy, servingChannel } from "./serving-channel";

export type Offers = {
  decision: OfferDecision;
  channel: Channel;
  busy: boolean;
  error: CombinedError | undefined;
  recompute: () => void;
  changeChannel: (channel: Channel) => void;
};

export function useOffers(customerId: string, initial: OfferDecision): Offers {
  const client = useClient();
  const [decision, setDecision] = useState(initial);
  const [channel, setChannel] = useState(servingChannel);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const turn = useRef(0);

  const ask = useCallback(
    async (by: Channel) => {
      turn.current += 1;
      const mine = turn.current;
      setBusy(true);
      const result = await client.query(NextOffers, { customerId, context: { channel: by } }).toPromise();
      if (mine !== turn.current) return;
      setBusy(false);
      setError(result.error);
      const next = result.data?.customer?.nextBestOffers;
      if (next) setDecision(next);
    },
    [client, customerId],
  );

  return {
    decision,
    channel,
    busy,
    error,
    recompute: () => void ask(channel),
    changeChannel: (next) => {
      serveBy(next);
      setChannel(next);
      void ask(next);
    },
  };
}
