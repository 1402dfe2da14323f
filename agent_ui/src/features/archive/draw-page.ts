/** Draws one page of a PDF as wide as its place allows, times the zoom, with a layer of real text above it. */
import { type PageViewport, type PDFDocumentProxy, type PDFPageProxy, TextLayer } from "pdfjs-dist";

const NARROWEST = 280;

export async function drawPage(
  pdf: PDFDocumentProxy,
  number: number,
  zoom: number,
  place: HTMLElement,
  signal: AbortSignal,
): Promise<void> {
  const page = await pdf.getPage(number);
  if (signal.aborted) return;
  const width = Math.max(NARROWEST, place.clientWidth);
  const scale = (width / page.getViewport({ scale: 1 }).width) * zoom;
  const viewport = page.getViewport({ scale });
  const canvas = canvasFor(viewport);
  const task = page.render({ canvas, viewport, transform: densityTransform() });
  signal.addEventListener("abort", () => task.cancel());
  try {
    await task.promise;
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  const text = await textLayer(page, viewport, scale);
  if (!signal.aborted) place.replaceChildren(canvas, text);
}

function canvasFor(viewport: PageViewport): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(viewport.width * devicePixelRatio);
  canvas.height = Math.floor(viewport.height * devicePixelRatio);
  canvas.style.width = `${viewport.width}px`;
  canvas.style.height = `${viewport.height}px`;
  // The words are in the text layer; the picture says nothing more to a screen reader.
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

function densityTransform(): number[] | undefined {
  return devicePixelRatio === 1 ? undefined : [devicePixelRatio, 0, 0, devicePixelRatio, 0, 0];
}

async function textLayer(page: PDFPageProxy, viewport: PageViewport, scale: number): Promise<HTMLElement> {
  const container = document.createElement("div");
  container.className = "text-layer";
  container.style.setProperty("--total-scale-factor", String(scale));
  const layer = new TextLayer({ textContentSource: page.streamTextContent(), container, viewport });
  await layer.render();
  return container;
}
