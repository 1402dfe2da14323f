import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Avatar } from "../../app/avatar";
import { useText } from "../../app/text/language";
import { formatTime } from "../../app/time";
import { recentCustomers } from "./recent-customers";

export function RecentCustomers() {
  const text = useText();
  const [recent] = useState(recentCustomers);
  return (
    <section aria-labelledby="recent-title" className="recent">
      <h2 id="recent-title">{text.search.recent}</h2>
      {recent.length === 0 && <p className="muted">{text.search.recentNone}</p>}
      <ol className="results">
        {recent.map((customer) => (
          <li key={customer.id}>
            <Link
              to="/customers/$customerId"
              params={{ customerId: customer.id }}
              className="found"
              data-arrows
            >
              <Avatar name={customer.name} />
              <strong className="found-main">{customer.name}</strong>
              <time className="muted small" dateTime={customer.openedAt}>
                {formatTime(customer.openedAt, text.locale)}
              </time>
            </Link>
          </li>
        ))}
      </ol>
    </section>
  );
}
