/**
 * One `agentFeed` stream with its own reconnect loop: each try resumes after the last cursor seen, so a cut makes
 * no hole and no double. After two failures in a row it also asks for the newest page every few seconds.
 */
import { authorizedFetch } from "../authorized-fetch";
import { backOffDelay, waitUnlessWoken } from "./back-off";
import { readEvents } from "./event-stream";

export type LiveStatus =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "late"; seconds: number }
  | { kind: "reconnecting" }
  | { kind: "polling" };

export type LiveOptions<Update> = {
  /** The subscription's text and, at each try, its variables with the cursors to resume after. */
  query: string;
  variables: () => Record<string, unknown>;
  onUpdate: (update: Update) => void;
  onStatus: (status: LiveStatus) => void;
  /** Reads the newest page over plain requests; used while no stream can be had. */
  poll: () => Promise<void>;
  signal: AbortSignal;
};

const LATE_AFTER = 15_000;
const GIVE_UP_AFTER = 30_000;
const POLL_EVERY = 5_000;
const FAILURES_BEFORE_POLLING = 2;

export async function followFeed<Update>(options: LiveOptions<Update>): Promise<void> {
  let failures = 0;
  options.onStatus({ kind: "connecting" });
  while (!options.signal.aborted) {
    const heard = await oneStream(options);
    if (options.signal.aborted) return;
    failures = heard ? 1 : failures + 1;
    if (failures >= FAILURES_BEFORE_POLLING) await pollOnce(options);
    else options.onStatus({ kind: "reconnecting" });
    const delay = failures >= FAILURES_BEFORE_POLLING ? POLL_EVERY : backOffDelay(failures);
    await waitUnlessWoken(delay, options.signal);
  }
}

async function pollOnce<Update>(options: LiveOptions<Update>): Promise<void> {
  try {
    await options.poll();
    options.onStatus({ kind: "polling" });
  } catch {
    // The service is away altogether; the loop goes on trying and the status says so.
    options.onStatus({ kind: "reconnecting" });
  }
}

/** Follows one stream to its end, whatever ends it. True when at least one thing was heard on it. */
async function oneStream<Update>(options: LiveOptions<Update>): Promise<boolean> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  options.signal.addEventListener("abort", abort);
  const watch = watchSilence(options.onStatus, abort);
  let heard = false;
  try {
    const response = await openStream(options, stop.signal);
    for await (const { event, data } of readEvents(response)) {
      watch.heard();
      heard = true;
      if (event === "complete") break;
      if (event === "next") deliver(JSON.parse(data), options.onUpdate);
    }
  } catch {
    // Cut, refused, aborted or unreadable: all the same to the loop, which resumes after the last cursor.
    heard = heard && !stop.signal.aborted;
  } finally {
    watch.stop();
    options.signal.removeEventListener("abort", abort);
  }
  return heard;
}

async function openStream<Update>(
  options: LiveOptions<Update>,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await authorizedFetch("/graphql/stream", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({ query: options.query, variables: options.variables() }),
    cache: "no-store",
    signal,
  });
  const type = response.headers.get("Content-Type") ?? "";
  if (!response.ok || !response.body || !type.startsWith("text/event-stream")) {
    throw new Error(`no stream: ${response.status}`);
  }
  options.onStatus({ kind: "live" });
  return response.body;
}

function deliver<Update>(
  message: { data?: Update | null; errors?: unknown[] },
  onUpdate: (u: Update) => void,
): void {
  if (!message.data) throw new Error("the subscription answered with an error");
  onUpdate(message.data);
}

/** Says `late` when nothing, not even a heartbeat, came for a while, and gives the stream up after longer. */
function watchSilence(onStatus: (status: LiveStatus) => void, giveUp: () => void) {
  let last = Date.now();
  let late = false;
  const timer = setInterval(() => {
    const silent = Date.now() - last;
    if (silent > GIVE_UP_AFTER) return giveUp();
    if (silent <= LATE_AFTER) return;
    late = true;
    onStatus({ kind: "late", seconds: Math.round(silent / 1000) });
  }, 1000);
  return {
    heard: () => {
      last = Date.now();
      if (late) onStatus({ kind: "live" });
      late = false;
    },
    stop: () => clearInterval(timer),
  };
}
