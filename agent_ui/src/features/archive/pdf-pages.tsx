import { useState } from "react";
import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import { usePdf } from "./pdf-document";
import { PdfPage } from "./pdf-page";

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

export function PdfPages({ path }: { path: string }) {
  const text = useText();
  const { pdf, failed } = usePdf(path);
  const [zoom, setZoom] = useState(1);
  const at = ZOOMS.indexOf(zoom);
  const change = (by: 1 | -1) => setZoom(ZOOMS[at + by] ?? zoom);
  if (failed) {
    return (
      <p className="problem" role="alert">
        {text.archive.failed}{" "}
        <a href={path} target="_blank" rel="noreferrer">
          {text.archive.newTab}
        </a>
      </p>
    );
  }
  if (!pdf) return <p className="viewer-note">{text.archive.loading}</p>;
  return (
    <>
      <div className="viewer-tools">
        <span className="muted small">{text.archive.pages(pdf.numPages)}</span>
        <button
          type="button"
          className="icon-button"
          aria-label={text.archive.zoomOut}
          disabled={at === 0}
          onClick={() => change(-1)}
        >
          <Icon name="minus" />
        </button>
        <span className="zoom">{Math.round(zoom * 100)} %</span>
        <button
          type="button"
          className="icon-button"
          aria-label={text.archive.zoomIn}
          disabled={at === ZOOMS.length - 1}
          onClick={() => change(1)}
        >
          <Icon name="plus" />
        </button>
        <a className="link-button" href={path} target="_blank" rel="noreferrer">
          <Icon name="outside" /> {text.archive.newTab}
        </a>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="pdf" tabIndex={0} aria-label={text.archive.pages(pdf.numPages)}>
        {Array.from({ length: pdf.numPages }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a page is its number
          <PdfPage key={index + 1} pdf={pdf} number={index + 1} zoom={zoom} />
        ))}
      </section>
    </>
  );
}
