import { useId, useState } from "react";

type ReasonFieldProps = {
  legend: string;
  reasons: readonly string[];
  otherLabel: string;
  value: string;
  onChange: (reason: string) => void;
};

/** A reason picked from a few common ones, or typed. */
export function ReasonField({ legend, reasons, otherLabel, value, onChange }: ReasonFieldProps) {
  const name = useId();
  const [other, setOther] = useState(false);
  return (
    <fieldset className="reasons">
      <legend>{legend}</legend>
      {reasons.map((reason) => (
        <label key={reason} className="reason">
          <input
            type="radio"
            name={name}
            checked={!other && value === reason}
            onChange={() => {
              setOther(false);
              onChange(reason);
            }}
          />
          <span>{reason}</span>
        </label>
      ))}
      <label className="reason">
        <input
          type="radio"
          name={name}
          checked={other}
          onChange={() => {
            setOther(true);
            onChange("");
          }}
        />
        <span>{otherLabel}</span>
      </label>
      {other && (
        <input
          className="reason-other"
          aria-label={otherLabel}
          maxLength={500}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          // biome-ignore lint/a11y/noAutofocus: the field appears because the agent just asked for it
          autoFocus
        />
      )}
    </fieldset>
  );
}
