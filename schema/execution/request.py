"""What goes into the executor and what comes out of it: plain data, independent of HTTP and of graphql-core."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

OperationKind = Literal["query", "mutation", "subscription"]


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request; `variables` are the raw JSON values, not yet coerced."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One GraphQL response; `errors` are ready to send.

    `request_error` is true when nothing was executed (parse, validation, variables, operation, limits):
    then the answer has no `data` key at all. `kind` is None while the operation is not known.
    """

    data: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    extensions: dict[str, Any] | None = None
    request_error: bool = False
    kind: OperationKind | None = None

    def payload(self) -> dict[str, Any]:
        """The response map of the specification: errors first, `data` only when something was executed."""
        shown: dict[str, Any] = {}
        if self.errors:
            shown["errors"] = self.errors
        if not self.request_error:
            shown["data"] = self.data
        if self.extensions:
            shown["extensions"] = self.extensions
        return shown
