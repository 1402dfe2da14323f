import { getRouteApi } from "@tanstack/react-router";
import type { ResultOf } from "gql.tada";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useText } from "../../app/text/language";
import { DocumentList } from "../archive/document-list";
import { InteractionForm } from "../history/interaction-form";
import { NoteBox } from "../history/note-box";
import { parseChannels } from "../history/timeline-filter";
import { TimelinePane } from "../history/timeline-pane";
import { useTimeline } from "../history/use-timeline";
import { OffersPane } from "../offers/offers-pane";
import { CustomerHeader } from "./customer-header";
import type { CustomerPageQuery } from "./customer-page-query";
import "./customer-page.css";

const DocumentViewer = lazy(() => import("../archive/document-viewer"));
const route = getRouteApi("/customers/$customerId");

type Customer = NonNullable<ResultOf<typeof CustomerPageQuery>["customer"]>;

type CustomerPageProps = { customer: Customer; onResync: () => void };

export function CustomerPage({ customer, onResync }: CustomerPageProps) {
  const text = useText();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [words, setWords] = useState("");
  const filter = useMemo(
    () => ({ channels: parseChannels(search.channels), text: words }),
    [search.channels, words],
  );
  const timeline = useTimeline({ customerId: customer.id, filter, initial: customer.timeline, onResync });
  useFocusOnArrival();
  const show = (documentId: string | undefined) =>
    void navigate({
      search: ({ channels }) => ({
        ...(channels ? { channels } : {}),
        ...(documentId ? { document: documentId } : {}),
      }),
      resetScroll: false,
    });

  return (
    <article className="customer" aria-labelledby="customer-name">
      <CustomerHeader customer={customer} live={timeline.live} freshness={timeline.freshness} />
      {timeline.freshness.degraded && (
        <p className="banner warn" role="status">
          {text.freshness.degradedBanner}
        </p>
      )}
      <div className={search.document ? "customer-body with-document" : "customer-body"}>
        <TimelinePane timeline={timeline} filter={filter} onWords={setWords} onDocument={show} />
        {search.document && (
          <Suspense fallback={<p className="viewer page-status">{text.archive.loading}</p>}>
            <DocumentViewer
              key={search.document}
              documentId={search.document}
              onClose={() => show(undefined)}
            />
          </Suspense>
        )}
        <section className="side" aria-label={text.customer.pane}>
          <OffersPane
            customerId={customer.id}
            initial={customer.nextBestOffers}
            onAnswered={timeline.expectNew}
          />
          <div className="side-work">
            <NoteBox customerId={customer.id} onSaved={timeline.expectNew} />
            <InteractionForm customerId={customer.id} onSaved={timeline.expectNew} />
            <DocumentList
              customerId={customer.id}
              initial={customer.documents}
              openId={search.document}
              onOpen={show}
            />
          </div>
        </section>
      </div>
    </article>
  );
}

/** The link that led here is gone: the keyboard goes on from the top of the page, not from nowhere. */
function useFocusOnArrival(): void {
  useEffect(() => {
    if (document.activeElement === document.body) {
      document.getElementById("content")?.focus({ preventScroll: true });
    }
  }, []);
}
