"""What a client is told about a failure: our own errors with code and reason, everything else masked and logged.

A logged failure holds the stack, the type of the exception and the field, never a message, a variable or the query:
messages of foreign exceptions may quote somebody's data.
"""

from __future__ import annotations

import logging
import traceback
import uuid
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLSyntaxError

from customer360.errors import C360Error, ConfigurationError

from .variables import VariableError

log = logging.getLogger("schema.execution")

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
BAD_USER_INPUT = "BAD_USER_INPUT"
INTERNAL = "INTERNAL"

Shown = dict[str, Any]


class ArgumentError(GraphQLError):
    """An argument that cannot be coerced while executing, e.g. a null variable where the argument is not nullable."""


def shown_syntax_error(error: GraphQLSyntaxError) -> Shown:
    """A document that does not parse; the parser's own token limit has its own code."""
    too_long = error.message.endswith("tokens. Parsing aborted.")
    return located(error, "TOO_MANY_TOKENS" if too_long else PARSE_FAILED)


def shown_validation_error(error: GraphQLError) -> Shown:
    """A document that does not fit the schema."""
    extensions = error.extensions or {}
    return located(error, str(extensions.get("code", VALIDATION_FAILED)))


def shown_variable_error(error: VariableError) -> Shown:
    """A variable that does not fit; the message holds no value."""
    return located(error, BAD_USER_INPUT, field=error.at)


def shown_field_error(error: GraphQLError) -> Shown:
    """An error of execution: a C360Error is told, a coercion failure is the caller's, the rest is masked."""
    cause = root_cause(error)
    if isinstance(cause, C360Error) and not is_secret(cause):
        told = shown_error(cause)
    elif isinstance(cause, ArgumentError):
        told = {"message": cause.message, "extensions": {"code": BAD_USER_INPUT}}
    else:
        told = masked(cause, where=name_of(error))
    if error.locations:
        told["locations"] = [place.formatted for place in error.locations]
    if error.path is not None:
        told["path"] = error.path
    return told


def shown_error(error: C360Error) -> Shown:
    """One of our own errors as a GraphQL error: message, extensions.code and, where known, extensions.field."""
    if is_secret(error):
        return masked(error, where=None)
    extensions: dict[str, Any] = {"code": error.code}
    if error.field is not None:
        extensions["field"] = error.field
    return {"message": error.reason, "extensions": extensions}


def is_secret(error: C360Error) -> bool:
    """True for errors that speak of the installation, not of the request."""
    return error.code == INTERNAL or isinstance(error, ConfigurationError)


def masked(cause: BaseException, *, where: str | None) -> Shown:
    """Logs the failure under a new trace id and tells only that id."""
    trace_id = uuid.uuid4().hex
    log.error(
        "internal error: %s at %s, trace %s\n%s",
        type(cause).__name__,
        where or "the request",
        trace_id,
        "".join(traceback.format_tb(cause.__traceback__)),
        extra={"trace_id": trace_id},
    )
    return {"message": "internal error", "extensions": {"code": INTERNAL, "traceId": trace_id}}


def root_cause(error: GraphQLError) -> BaseException:
    """The exception that graphql-core located, through every wrapping."""
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def name_of(error: GraphQLError) -> str | None:
    """The schema name of the failed field (not its alias, which the client chose)."""
    node = error.nodes[0] if error.nodes else None
    return node.name.value if isinstance(node, FieldNode) else None


def located(error: GraphQLError, code: str, **more: Any) -> Shown:
    """A graphql-core error in wire form with a code."""
    shown: Shown = {"message": error.message, "extensions": {"code": code, **more}}
    if error.locations:
        shown["locations"] = [place.formatted for place in error.locations]
    return shown
