import { useState } from "react";
import { type CombinedError, useClient } from "urql";
import { errorText } from "../../app/error-text";
import { useText } from "../../app/text/language";
import { DocumentLink } from "./document-link";
import { CustomerDocuments, type DocumentPage } from "./document-queries";
import "./documents.css";

const PAGE = 20;

type DocumentListProps = {
  customerId: string;
  initial: DocumentPage;
  openId: string | undefined;
  onOpen: (documentId: string) => void;
};

export function DocumentList({ customerId, initial, openId, onOpen }: DocumentListProps) {
  const text = useText();
  const client = useClient();
  const [documents, setDocuments] = useState(initial.nodes);
  const [pageInfo, setPageInfo] = useState(initial.pageInfo);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CombinedError>();

  async function loadMore() {
    setBusy(true);
    const variables = { customerId, first: PAGE, after: pageInfo.endCursor };
    const result = await client.query(CustomerDocuments, variables).toPromise();
    setBusy(false);
    setError(result.error);
    const page = result.data?.customer?.documents;
    if (!page) return;
    setDocuments([...documents, ...page.nodes]);
    setPageInfo(page.pageInfo);
  }

  return (
    <section className="pane" aria-labelledby="documents-title" aria-busy={busy}>
      <h2 id="documents-title">{text.archive.title}</h2>
      {documents.length === 0 && <p className="muted">{text.archive.none}</p>}
      <ul className="documents">
        {documents.map((document) => (
          <li key={document.id}>
            <DocumentLink document={document} open={document.id === openId} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {error && (
        <p className="problem" role="alert">
          {errorText(error, text)}
        </p>
      )}
      {pageInfo.hasNextPage && (
        <button type="button" className="button small" disabled={busy} onClick={() => void loadMore()}>
          {text.archive.more}
        </button>
      )}
    </section>
  );
}
