import { channelIcon, Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import { formatDate, formatDateTime } from "../../app/time";
import type { CustomerHeaderData } from "./customer-page-query";
import { KeyItem } from "./key-item";
import "./customer-details.css";

/** Everything known about the customer that the header has no room for. */
export function CustomerDetails({ customer }: { customer: CustomerHeaderData }) {
  const text = useText();
  const { locale } = text;
  return (
    <div className="dialog-body details">
      <section>
        <h3>{text.customer.keys}</h3>
        <ul className="keys stacked">
          {customer.keys.map((key) => (
            <KeyItem key={key.id} customerId={customer.id} customerKey={key} />
          ))}
        </ul>
      </section>
      <section>
        <h3>{text.customer.segments}</h3>
        {customer.segments.length === 0 && <p className="muted">{text.customer.noSegments}</p>}
        <ul className="plain">
          {customer.segments.map((segment) => (
            <li key={segment.id}>
              {segment.name}{" "}
              <span className="muted">{text.customer.since(formatDate(segment.since, locale))}</span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{text.customer.channelsUsed}</h3>
        <ul className="plain">
          {customer.channels.map((use) => (
            <li key={use.channel} className="detail-channel">
              <Icon name={channelIcon(use.channel)} />
              <strong>{text.channel[use.channel] ?? use.channel}</strong>
              <span>{text.preferenceName[use.preference]}</span>
              <span className="muted">{text.customer.interactions(use.interactions)}</span>
              {use.bestHour !== null && (
                <span className="muted">
                  {text.customer.bestHour(use.bestHour)} {text.customer.sample(use.sampleSize)}
                </span>
              )}
              {use.lastAt && <time dateTime={use.lastAt}>{formatDateTime(use.lastAt, locale)}</time>}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{text.customer.consents}</h3>
        {customer.consents.length === 0 && <p className="muted">{text.customer.noConsents}</p>}
        <ul className="plain">
          {customer.consents.map((consent) => (
            <li key={`${consent.purpose} ${consent.channel}`}>
              <strong>{consent.purpose}</strong>{" "}
              {consent.channel
                ? (text.channel[consent.channel] ?? consent.channel)
                : text.customer.everyChannel}
              :{" "}
              <span className={consent.granted ? "good" : "bad"}>
                {consent.granted ? text.customer.granted : text.customer.revoked}
              </span>{" "}
              <span className="muted">
                {formatDateTime(consent.at, locale)} · {text.timeline.source(consent.source)}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <Facts title={text.customer.attributes} facts={customer.attributes} />
      <Facts
        title={text.customer.scores}
        facts={customer.scores.map((score) => ({ ...score, value: score.value.toLocaleString(locale) }))}
      />
    </div>
  );
}

type Fact = { name: string; value: string; updatedAt: string };

function Facts({ title, facts }: { title: string; facts: readonly Fact[] }) {
  const text = useText();
  if (facts.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl className="facts">
        {facts.map((fact) => (
          <div key={fact.name}>
            <dt>{fact.name}</dt>
            <dd>
              {fact.value} <span className="muted small">{formatDate(fact.updatedAt, text.locale)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
