"""Every error this product raises on purpose, as one tree. Each has a stable `code`; nothing else decides codes.

C360Error
├── BadInput                 the caller sent something unusable (HTTP 400)
│   ├── EventRejected        an event that does not fit its definition
│   ├── CursorInvalid        a paging or live cursor that is not ours
│   └── TooLarge             over a declared limit (HTTP 413)
├── NotFound                 the thing named does not exist for this caller (HTTP 404)
├── Conflict                 it contradicts what is stored (HTTP 409)
├── AccessError              who is asking
│   ├── NotSignedIn          (HTTP 401)
│   ├── Forbidden            (HTTP 403)
│   └── TooManyAttempts      (HTTP 429)
├── Unavailable              a part we need is down or full; try again (HTTP 503)
│   ├── LedgerUnavailable    PostgreSQL does not answer (HTTP 503)
│   ├── Busy                 the intake queue is full (HTTP 429 + Retry-After)
│   ├── DiskFull             below the free-space floor (HTTP 507)
│   └── SearchUnavailable    the search store does not answer and PostgreSQL cannot stand in
├── IntegrityBroken          bytes or rows differ from what was recorded
├── ConfigurationError       a setting is missing or wrong; the message says which
└── EmbeddedPostgresError    our own PostgreSQL could not be started
    ├── DataFolderInUse      another process runs it on the same folder
    ├── DataFolderUnusable   the folder, or a parent of it, cannot be used; the message names it
    └── MajorVersionDiffers  the folder was made by another major version of PostgreSQL
"""

from __future__ import annotations


class C360Error(Exception):
    """Base: `code` is stable and public, `field` is a dotted path into the input, `reason` is for people."""

    code = "INTERNAL"
    status = 500

    def __init__(self, reason: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        if code is not None:
            self.code = code

    def as_dict(self) -> dict[str, str]:
        """The public shape: {"code", "message"} and "field" where one is known."""
        shown = {"code": self.code, "message": self.reason}
        if self.field is not None:
            shown["field"] = self.field
        return shown


class BadInput(C360Error):
    code = "BAD_INPUT"
    status = 400


class EventRejected(BadInput):
    code = "EVENT_REJECTED"


class CursorInvalid(BadInput):
    code = "CURSOR_INVALID"


class TooLarge(BadInput):
    code = "TOO_LARGE"
    status = 413


class NotFound(C360Error):
    code = "NOT_FOUND"
    status = 404


class Conflict(C360Error):
    code = "CONFLICT"
    status = 409


class AccessError(C360Error):
    code = "ACCESS"
    status = 403


class NotSignedIn(AccessError):
    code = "NOT_SIGNED_IN"
    status = 401


class Forbidden(AccessError):
    code = "FORBIDDEN"
    status = 403


class TooManyAttempts(AccessError):
    code = "TOO_MANY_ATTEMPTS"
    status = 429

    def __init__(self, reason: str, *, retry_after: int) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Unavailable(C360Error):
    code = "UNAVAILABLE"
    status = 503


class LedgerUnavailable(Unavailable):
    code = "LEDGER_UNAVAILABLE"


class Busy(Unavailable):
    code = "BUSY"
    status = 429


class DiskFull(Unavailable):
    code = "DISK_FULL"
    status = 507


class SearchUnavailable(Unavailable):
    code = "SEARCH_UNAVAILABLE"


class IntegrityBroken(C360Error):
    code = "INTEGRITY_BROKEN"


class ConfigurationError(C360Error):
    code = "CONFIGURATION"


class EmbeddedPostgresError(C360Error):
    code = "EMBEDDED_POSTGRES"


class DataFolderInUse(EmbeddedPostgresError):
    code = "DATA_FOLDER_IN_USE"


class DataFolderUnusable(EmbeddedPostgresError):
    code = "DATA_FOLDER_UNUSABLE"


class MajorVersionDiffers(EmbeddedPostgresError):
    code = "POSTGRES_MAJOR_DIFFERS"
