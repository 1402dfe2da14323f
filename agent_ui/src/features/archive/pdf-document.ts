/** Opens a PDF with pdf.js: pages come over range requests, parsing runs in the worker. */
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from "pdfjs-dist";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useState } from "react";

GlobalWorkerOptions.workerSrc = workerUrl;

export type OpenPdf = { pdf?: PDFDocumentProxy; failed: boolean };

export function usePdf(path: string): OpenPdf {
  const [state, setState] = useState<OpenPdf>({ failed: false });
  useEffect(() => {
    const task = getDocument({
      url: new URL(path, location.origin).href,
      withCredentials: true,
      // WebAssembly would need a wider content security policy; the plain decoders do.
      useWasm: false,
    });
    task.promise.then(
      (pdf) => setState({ pdf, failed: false }),
      () => !task.destroyed && setState({ failed: true }),
    );
    return () => void task.destroy();
  }, [path]);
  return state;
}
