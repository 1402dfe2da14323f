import type { PDFDocumentProxy } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";
import { useText } from "../../app/text/language";
import { drawPage } from "./draw-page";

type PdfPageProps = { pdf: PDFDocumentProxy; number: number; zoom: number };

/** One page: drawn when it comes near the view, with its text over the picture, for selecting and reading aloud. */
export function PdfPage({ pdf, number, zoom }: PdfPageProps) {
  const text = useText();
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(number === 1);

  useEffect(() => {
    const element = place.current;
    if (near || !element) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setNear(true), {
      rootMargin: "400px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [near]);

  useEffect(() => {
    const element = place.current;
    if (!near || !element) return;
    const stop = new AbortController();
    void drawPage(pdf, number, zoom, element, stop.signal);
    return () => stop.abort();
  }, [pdf, number, zoom, near]);

  return (
    <section className="pdf-page" aria-label={text.archive.page(number, pdf.numPages)}>
      <div ref={place} className="pdf-page-inside" />
    </section>
  );
}
