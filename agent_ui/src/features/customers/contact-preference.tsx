import { channelIcon, Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import type { CustomerHeaderData } from "./customer-page-query";

type Channels = CustomerHeaderData["channels"];

/** Preferred channel and best hour, each with the number of contacts that say so, and the refused channels. */
export function ContactPreference({ channels }: { channels: Channels }) {
  const text = useText();
  const preferred = channels.find((use) => use.preference === "PREFERRED");
  const refused = channels.filter((use) => use.preference === "REFUSED");
  return (
    <>
      {preferred ? (
        <span className="fact">
          <Icon name={channelIcon(preferred.channel)} />
          <strong>{text.customer.prefers(text.channel[preferred.channel] ?? preferred.channel)}</strong>
          {preferred.bestHour !== null && <span>{text.customer.bestHour(preferred.bestHour)}</span>}
          <span className="muted">{text.customer.sample(preferred.sampleSize)}</span>
        </span>
      ) : (
        <span className="fact muted">{text.customer.noPreference}</span>
      )}
      {refused.length > 0 && (
        <span className="fact bad">
          <Icon name="close" />
          {text.customer.refuses(refused.map((use) => text.channel[use.channel] ?? use.channel).join(", "))}
        </span>
      )}
    </>
  );
}
