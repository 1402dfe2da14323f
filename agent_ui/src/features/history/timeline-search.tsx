import { useEffect, useState } from "react";
import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";

const PAUSE = 300;

type TimelineSearchProps = { value: string; onChange: (words: string) => void };

export function TimelineSearch({ value, onChange }: TimelineSearchProps) {
  const text = useText();
  const [words, setWords] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => onChange(words.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [words, onChange]);
  return (
    <label className="search-field small">
      <Icon name="search" />
      <span className="visually-hidden">{text.timeline.textLabel}</span>
      <input
        type="search"
        autoComplete="off"
        placeholder={text.timeline.textPlaceholder}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
    </label>
  );
}
