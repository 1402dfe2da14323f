/** Keeps one customer's timeline live: the stream, its cursor, and the way back after a resync. */
import type { ResultOf } from "gql.tada";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { stringifyDocument } from "urql";
import { followFeed, type LiveStatus } from "../../app/live/live-connection";
import { AgentFeed } from "./timeline-queries";

export type FeedUpdate = ResultOf<typeof AgentFeed>["agentFeed"]["update"];

type LiveTimeline = {
  customerId: string;
  /** Where the first page ended in the change log. */
  cursor: string;
  onUpdate: (update: FeedUpdate) => void;
  /** Reads the newest page and returns its live cursor. */
  readNewest: () => Promise<string>;
};

export function useLiveTimeline({ customerId, cursor, onUpdate, readNewest }: LiveTimeline): LiveStatus {
  const [status, setStatus] = useState<LiveStatus>({ kind: "connecting" });
  const after = useRef(cursor);
  const receive = useEffectEvent((data: ResultOf<typeof AgentFeed>) => {
    after.current = data.agentFeed.update.cursor;
    onUpdate(data.agentFeed.update);
  });
  const poll = useEffectEvent(async () => {
    after.current = await readNewest();
  });
  const resumeAfter = useEffectEvent(() => after.current);
  useEffect(() => {
    const stop = new AbortController();
    void followFeed<ResultOf<typeof AgentFeed>>({
      query: stringifyDocument(AgentFeed),
      variables: () => ({ customers: [{ id: customerId, after: resumeAfter() }] }),
      onUpdate: (data) => receive(data),
      onStatus: (next) => !stop.signal.aborted && setStatus(next),
      poll: () => poll(),
      signal: stop.signal,
    });
    return () => stop.abort();
  }, [customerId]);
  return status;
}
