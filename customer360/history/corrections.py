"""What may be corrected: entries a person or a sender recorded by mistake. Other facts have an inverse event instead."""

from __future__ import annotations

RETRACTABLE = frozenset(
    {
        "interaction.recorded",
        "note.added",
        "message.sent",
        "document.archived",
        "offer.presented",
        "offer.seen",
        "offer.accepted",
        "offer.declined",
        "offer.deferred",
        "offer.ignored",
        "offer.converted",
    }
)
