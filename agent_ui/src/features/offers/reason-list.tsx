import { useLanguage } from "../../app/text/language";
import { formatDate } from "../../app/time";
import type { OfferReason } from "./offer-queries";

type ReasonListProps = { title?: string; reasons: readonly OfferReason[] };

export function ReasonList({ title, reasons }: ReasonListProps) {
  const { language, text } = useLanguage();
  if (reasons.length === 0) return null;
  return (
    <>
      {title && <p className="reason-title">{title}</p>}
      <ul className="offer-reasons">
        {reasons.map((reason) => (
          <li key={reason.stage + reason.rule}>
            {language === "pt" ? reason.textPt : reason.textEn}
            <span className="muted small">
              {" "}
              {[
                text.stage[reason.stage] ?? reason.stage,
                reason.until && text.offers.until(formatDate(reason.until, text.locale)),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
