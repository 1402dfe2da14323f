/** A document in the page, beside the history. Loaded on first use, with everything it needs to show a PDF. */
import { useEffect, useRef } from "react";
import { useQuery } from "urql";
import { errorText } from "../../app/error-text";
import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import { formatDateTime } from "../../app/time";
import type { ArchivedDocument } from "./document-queries";
import { DocumentById } from "./document-queries";
import { PdfPages } from "./pdf-pages";
import { TextDocument } from "./text-document";
import "./viewer.css";

type DocumentViewerProps = { documentId: string; onClose: () => void };

export default function DocumentViewer({ documentId, onClose }: DocumentViewerProps) {
  const text = useText();
  const [{ data, error, fetching }] = useQuery({ query: DocumentById, variables: { id: documentId } });
  const element = useRef<HTMLElement>(null);
  const document = data?.document;

  useEffect(() => {
    const opener = window.document.activeElement;
    element.current?.focus({ preventScroll: true });
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !window.document.querySelector("dialog[open]")) onClose();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onClose]);

  return (
    <section
      className="viewer"
      ref={element}
      tabIndex={-1}
      aria-label={text.archive.viewer(document?.title ?? "")}
      aria-busy={fetching}
    >
      <header className="viewer-head">
        <div>
          <h2>{document?.title ?? text.archive.loading}</h2>
          {document && <ViewerFacts document={document} />}
        </div>
        <button type="button" className="icon-button" aria-label={text.archive.closeViewer} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {error && (
        <p className="problem" role="alert">
          {errorText(error, text)}
        </p>
      )}
      {!fetching && !error && !document && <p className="viewer-note">{text.archive.notFound}</p>}
      {document && <Content document={document} />}
    </section>
  );
}

function ViewerFacts({ document }: { document: ArchivedDocument }) {
  const text = useText();
  return (
    <>
      <p className="muted small">
        {document.kind} ·{" "}
        <time dateTime={document.occurredAt}>{formatDateTime(document.occurredAt, text.locale)}</time> ·{" "}
        {text.channel[document.channel] ?? document.channel} · {text.timeline.source(document.source)}
      </p>
      {document.sha256 && (
        <p className="muted small">
          {text.archive.digest} <span className="digest">{document.sha256}</span>
        </p>
      )}
    </>
  );
}

function Content({ document }: { document: ArchivedDocument }) {
  const text = useText();
  const { contentPath, mediaType } = document;
  if (!contentPath) return <p className="viewer-note">{text.archive.metadataOnly}</p>;
  if (mediaType === "application/pdf") return <PdfPages path={contentPath} />;
  if (mediaType.startsWith("text/plain")) return <TextDocument path={contentPath} />;
  return (
    <p className="viewer-note">
      {text.archive.unsupported}{" "}
      <a href={contentPath} target="_blank" rel="noreferrer">
        {text.archive.newTab}
      </a>
    </p>
  );
}
