import { useText } from "../../app/text/language";
import type { Channel } from "../history/timeline-entry";

const SERVED_BY: readonly Channel[] = ["VOICE", "CHAT", "WHATSAPP", "EMAIL", "SMS", "BRANCH", "SOCIAL"];

type ServingChannelFieldProps = { channel: Channel; onChange: (channel: Channel) => void };

export function ServingChannelField({ channel, onChange }: ServingChannelFieldProps) {
  const text = useText();
  const offered = SERVED_BY.includes(channel) ? SERVED_BY : [channel, ...SERVED_BY];
  return (
    <label className="inline-field small">
      <span className="muted">{text.interaction.serving}</span>
      <select value={channel} onChange={(event) => onChange(event.target.value as Channel)}>
        {offered.map((one) => (
          <option key={one} value={one}>
            {text.channel[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
