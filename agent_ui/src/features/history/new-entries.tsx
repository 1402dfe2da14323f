import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";

type NewEntriesProps = { count: number; onShow: () => void };

/** Says that something arrived without moving what is being read. */
export function NewEntries({ count, onShow }: NewEntriesProps) {
  const text = useText();
  function show() {
    onShow();
    window.scrollTo({ top: 0 });
    // The button is about to go; the focus must not go with it.
    document.getElementById("timeline-title")?.focus({ preventScroll: true });
  }
  return (
    <>
      <p className="visually-hidden" role="status">
        {count > 0 && text.timeline.arrived(count)}
      </p>
      {count > 0 && (
        <div className="new-entries">
          <button
            type="button"
            className="button primary"
            aria-label={text.timeline.showNew(count)}
            onClick={show}
          >
            <Icon name="out" /> {text.timeline.newEntries(count)}
          </button>
        </div>
      )}
    </>
  );
}
