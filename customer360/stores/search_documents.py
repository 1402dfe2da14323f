"""What a search document may hold, by kind: the same for every adapter, so that none takes what another refuses."""

from __future__ import annotations

from collections.abc import Mapping

from customer360.stores.ports import Kind, SearchDocument

KINDS: tuple[Kind, ...] = ("entry", "member", "document", "page")

# An absent or null field is fine; a field that is not named here is not.
FIELDS: dict[Kind, dict[str, type]] = {
    "entry": {
        "type": str,
        "channel": str,
        "direction": str,
        "title": str,
        "summary": str,
        "source": str,
        "received_at": int,
        "with_document": bool,
        "detail": Mapping,
        "state": Mapping,
    },
    "member": {"name": str, "key_type": str},
    "document": {
        "title": str,
        "kind": str,
        "media_type": str,
        "channel": str,
        "number": str,
        "sha256": str,
        "size": int,
        "source": str,
        "received_at": int,
    },
    "page": {"document_id": str, "number": int, "text": str, "title": str, "kind": str, "media_type": str},
}


def problem(document: SearchDocument) -> str | None:
    """Why this document can never be stored, without its content; None when its form is right."""
    fields = FIELDS.get(document.kind)
    if fields is None:
        return f"unknown kind {document.kind}"
    for name, value in document.body.items():
        wanted = fields.get(name)
        if wanted is None:
            return f"unknown field {name!r:.80}"
        if value is not None and not isinstance(value, wanted):
            return f"{name} is not {wanted.__name__}"
    return None
