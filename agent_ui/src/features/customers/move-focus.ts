/** Moves the focus up or down among the elements marked `data-arrows`; false when there is nowhere to go. */
export function moveFocus(region: HTMLElement, step: 1 | -1): boolean {
  const stops = [...region.querySelectorAll<HTMLElement>("[data-arrows]")];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = stops[at + step];
  if (at === -1 || !next) return false;
  next.focus();
  return true;
}
