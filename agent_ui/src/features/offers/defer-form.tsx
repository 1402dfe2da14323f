import { type FormEvent, useState } from "react";
import { useText } from "../../app/text/language";
import { inDays, startOfDay } from "./defer-date";

const CHOICES = [7, 15, 30];

type DeferFormProps = { busy: boolean; onDefer: (until: string) => void };

export function DeferForm({ busy, onDefer }: DeferFormProps) {
  const text = useText();
  const [date, setDate] = useState(() => inDays(CHOICES[0] ?? 7));

  function submit(event: FormEvent) {
    event.preventDefault();
    if (date) onDefer(startOfDay(date));
  }

  return (
    <form className="offer-form" onSubmit={submit}>
      <fieldset className="reasons">
        <legend>{text.offers.deferTitle}</legend>
        <div className="defer-choices">
          {CHOICES.map((days) => (
            <button
              key={days}
              type="button"
              className="filter-chip"
              aria-pressed={date === inDays(days)}
              onClick={() => setDate(inDays(days))}
            >
              {text.offers.deferDays(days)}
            </button>
          ))}
          <label className="inline-field small">
            <span className="muted">{text.offers.deferTo}</span>
            <input
              type="date"
              required
              min={inDays(1)}
              value={date}
              onChange={(event) => setDate(event.target.value)}
            />
          </label>
        </div>
      </fieldset>
      <button type="submit" className="button primary" disabled={busy || !date}>
        {text.offers.confirmDefer}
      </button>
    </form>
  );
}
