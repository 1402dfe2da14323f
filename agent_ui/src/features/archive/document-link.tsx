import { channelIcon, Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import { formatDateTime } from "../../app/time";
import type { ArchivedDocument } from "./document-queries";

const DIGEST_SHOWN = 12;

type DocumentLinkProps = {
  document: ArchivedDocument;
  open: boolean;
  onOpen: (documentId: string) => void;
};

export function DocumentLink({ document, open, onOpen }: DocumentLinkProps) {
  const text = useText();
  return (
    <button
      type="button"
      className="document-link"
      aria-current={open ? "true" : undefined}
      onClick={() => onOpen(document.id)}
    >
      <Icon name="document" />
      <span className="document-main">
        <strong>{document.title}</strong>
        <span className="muted small">
          {document.kind} ·{" "}
          <time dateTime={document.occurredAt}>{formatDateTime(document.occurredAt, text.locale)}</time>
          {document.pageCount !== null && ` · ${text.archive.pages(document.pageCount)}`}
        </span>
        <span className="muted small document-origin">
          <Icon name={channelIcon(document.channel)} /> {text.channel[document.channel] ?? document.channel}
          {document.sha256 && (
            <>
              {" · "}
              {text.archive.digest} <span className="digest">{document.sha256.slice(0, DIGEST_SHOWN)}…</span>
            </>
          )}
        </span>
      </span>
    </button>
  );
}
