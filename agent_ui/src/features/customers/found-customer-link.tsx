import { Link } from "@tanstack/react-router";
import { Avatar } from "../../app/avatar";
import { useText } from "../../app/text/language";
import type { FoundCustomer } from "./customer-search";

const KEYS_SHOWN = 3;

export function FoundCustomerLink({ edge }: { edge: FoundCustomer }) {
  const text = useText();
  const { node, matchedOn } = edge;
  const reason = text.matched[matchedOn.toLowerCase()] ?? matchedOn;
  return (
    <Link to="/customers/$customerId" params={{ customerId: node.id }} className="found" data-arrows>
      <Avatar name={node.name} />
      <span className="found-main">
        <strong>{node.name ?? text.customer.unnamed}</strong>
        <span className="found-keys">
          {node.keys.slice(0, KEYS_SHOWN).map((key) => (
            <span key={key.id}>
              {text.keyType[key.type]} <span className="key-value">{key.value}</span>
            </span>
          ))}
        </span>
      </span>
      <span className="found-side">
        {node.shared && <span className="chip warn">{text.customer.shared}</span>}
        {node.segments[0] && <span className="chip">{node.segments[0].name}</span>}
        <span className="chip accent">{text.search.matchedOn(reason)}</span>
      </span>
    </Link>
  );
}
