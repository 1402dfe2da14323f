"""Events as a sender would make them."""

from __future__ import annotations

from typing import Any

STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


def event(event_id: str = "1", **changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "crm",
        "type": "c360.interaction.recorded.v1",
        "subject": "cpf:52998224725",
        "time": "2026-01-02T10:00:00-03:00",
        "data": {"channel": "voice", "title": "Ligação"},
        **changes,
    }
