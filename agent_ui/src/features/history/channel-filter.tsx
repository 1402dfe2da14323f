import { getRouteApi } from "@tanstack/react-router";
import { channelIcon, Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import type { Channel, TimelinePage } from "./timeline-entry";
import { CHANNELS } from "./timeline-filter";

const route = getRouteApi("/customers/$customerId");

type ChannelFilterProps = { facets: TimelinePage["facets"]; chosen: readonly Channel[] };

/** One chip per channel this customer has, with its count; the choice lives in the address. */
export function ChannelFilter({ facets, chosen }: ChannelFilterProps) {
  const text = useText();
  const navigate = route.useNavigate();
  const counts = new Map(facets?.map((facet) => [facet.channel, facet.count]));
  const offered = CHANNELS.filter((channel) => (counts.get(channel) ?? 0) > 0 || chosen.includes(channel));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);

  function choose(channels: readonly Channel[]) {
    void navigate({
      search: ({ document }) => ({
        ...(channels.length > 0 ? { channels: channels.join(",") } : {}),
        ...(document ? { document } : {}),
      }),
      replace: true,
      resetScroll: false,
    });
  }

  function toggle(channel: Channel) {
    choose(chosen.includes(channel) ? chosen.filter((one) => one !== channel) : [...chosen, channel]);
  }

  return (
    <fieldset className="channel-filter">
      <legend className="visually-hidden">{text.timeline.filterLabel}</legend>
      <button
        type="button"
        className="filter-chip"
        aria-pressed={chosen.length === 0}
        onClick={() => choose([])}
      >
        {text.timeline.all} <span className="count">{total.toLocaleString(text.locale)}</span>
      </button>
      {offered.map((channel) => (
        <button
          key={channel}
          type="button"
          className="filter-chip"
          aria-pressed={chosen.includes(channel)}
          onClick={() => toggle(channel)}
        >
          <Icon name={channelIcon(channel)} />
          {text.channel[channel]}{" "}
          <span className="count">{(counts.get(channel) ?? 0).toLocaleString(text.locale)}</span>
        </button>
      ))}
    </fieldset>
  );
}
