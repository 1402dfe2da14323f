"""The one way to run a GraphQL request: document cache, limits, variables, execution, masked errors."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import graphene
from graphql import (
    GraphQLError,
    GraphQLSchema,
    assert_valid_schema,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.execute import CollectedErrors
from graphql.execution.subscribe import execute_subscription

from customer360.errors import BadInput

from .documents import Document, DocumentCache, Operation
from .errors import Shown, masked, shown_error, shown_field_error, shown_variable_error
from .limits import Limits
from .preparation import Refused, prepare
from .request import OperationKind, Request, Response
from .run import Run
from .shapes import Shapes
from .variables import coerce_variables


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that may run: valid document, chosen operation, coerced variables, requested cost."""

    document: Document
    operation: Operation
    variables: dict[str, Any]
    cost: int

    @property
    def kind(self) -> OperationKind:
        return self.operation.kind


class Executor:
    """Executes requests against one graphene (or graphql-core) schema.

    `documents` is the document cache; its `hits`, `misses`, `bytes` and length are for metrics.
    """

    def __init__(
        self,
        schema: graphene.Schema | GraphQLSchema,
        *,
        limits: Limits | None = None,
        document_cache_entries: int = 500,
        document_cache_bytes: int = 32_000_000,
    ) -> None:
        self.schema: GraphQLSchema = schema if isinstance(schema, GraphQLSchema) else schema.graphql_schema
        assert_valid_schema(self.schema)
        self.limits = limits or Limits()
        self.documents = DocumentCache(document_cache_entries, document_cache_bytes)
        self._shapes = Shapes(self.schema)

    async def execute(
        self,
        request: Request,
        context: object,
        *,
        visibility: str,
        allow_introspection: bool,
        allow_mutation: bool = True,
    ) -> Response:
        """Runs a query or mutation; never raises for anything the request or a resolver did."""
        prepared = self._prepare(request, visibility, allow_introspection=allow_introspection)
        if isinstance(prepared, Response):
            return prepared
        if prepared.kind == "subscription":
            return refused(
                BadInput("a subscription needs a stream", code="SUBSCRIPTION_NEEDS_STREAM"), prepared
            )
        if prepared.kind == "mutation" and not allow_mutation:
            return refused(BadInput("a mutation needs POST", code="MUTATION_NOT_ALLOWED"), prepared)
        return await self._run(prepared, context, None)

    async def subscribe(
        self, request: Request, context: object, *, visibility: str, allow_introspection: bool
    ) -> AsyncGenerator[Response, None]:
        """One Response per event of a subscription; what is wrong with the request is the only Response.

        A query or mutation gives its one Response. Closing the iterator closes the source.
        """
        prepared = self._prepare(request, visibility, allow_introspection=allow_introspection)
        if isinstance(prepared, Response):
            yield prepared
        elif prepared.kind != "subscription":
            yield await self._run(prepared, context, None)
        else:
            async with aclosing(self._events(prepared, context)) as responses:
                async for response in responses:
                    yield response

    def operation_kind(
        self, request: Request, *, visibility: str = "", allow_introspection: bool = False
    ) -> OperationKind | None:
        """What the request would run, or None if it is not valid; pass what `execute` gets to share its cache entry."""
        document = self._document(request.query, visibility, allow_introspection=allow_introspection)
        if isinstance(document, Response):
            return None
        operation = chosen(document, request.operation_name)
        return operation.kind if isinstance(operation, Operation) else None

    # ---- before execution -----------------------------------------------------------------------

    def _prepare(
        self, request: Request, visibility: str, *, allow_introspection: bool
    ) -> Prepared | Response:
        document = self._document(request.query, visibility, allow_introspection=allow_introspection)
        if isinstance(document, Response):
            return document
        operation = chosen(document, request.operation_name)
        if isinstance(operation, BadInput):
            return Response(errors=[shown_error(operation)], request_error=True)
        variables, wrong = coerce_variables(self.schema, operation.node, request.variables or {})
        if wrong:
            return request_error([shown_variable_error(error) for error in wrong], operation.kind)
        try:
            cost = operation.cost.requested(variables, self.limits)
        except BadInput as error:
            return request_error([shown_error(error)], operation.kind)
        return Prepared(document, operation, variables, cost)

    def _document(self, query: str, visibility: str, *, allow_introspection: bool) -> Document | Response:
        key = (hashlib.sha256(query.encode(errors="surrogatepass")).digest(), visibility, allow_introspection)
        document = self.documents.get(key)
        if document is None:
            try:
                document = prepare(self.schema, query, self.limits, allow_introspection=allow_introspection)
            except Refused as refusal:
                return Response(errors=refusal.errors, request_error=True)
            self.documents.put(key, document)
        return document

    # ---- execution ------------------------------------------------------------------------------

    async def _run(self, prepared: Prepared, context: object, root: Any) -> Response:
        try:
            run = self._new_run(prepared, context, root)
        except GraphQLError as error:  # @skip or @include of a root field with a null variable
            return request_error([shown_field_error(error)], prepared.kind)
        deadline = asyncio.timeout(self.limits.seconds)
        try:
            async with deadline:
                data = await run.data(serially=prepared.kind == "mutation")
        except Exception as error:  # noqa: BLE001 - whatever escapes the executor itself is masked like the rest
            if isinstance(error, TimeoutError) and deadline.expired():
                return self._timed_out(prepared)
            return Response(None, [masked(error, where=None)], kind=prepared.kind)
        collected = Run.build_response(data, run.collected_errors.errors).errors or []
        cost = {"requestedQueryCost": prepared.cost, "actualQueryCost": run.objects}
        return Response(
            data, [shown_field_error(error) for error in collected], {"cost": cost}, kind=prepared.kind
        )

    def _timed_out(self, prepared: Prepared) -> Response:
        error = {
            "message": f"the request took longer than {self.limits.seconds:g} s",
            "extensions": {"code": "TIMEOUT"},
        }
        return Response(None, [error], kind=prepared.kind)

    def _new_run(self, prepared: Prepared, context: object, root: Any) -> Run:
        document, operation = prepared.document, prepared.operation
        plan = document.plan(self.schema, self._shapes, operation, prepared.variables)
        return Run(
            plan,
            self.schema,
            document.fragments,
            root,
            context,
            operation.node,
            prepared.variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            CollectedErrors(),
            None,
            None,
        )

    async def _events(self, prepared: Prepared, context: object) -> AsyncGenerator[Response, None]:
        source = await self._source(prepared, context)
        if isinstance(source, Response):
            yield source
            return
        try:
            async for event in source:
                yield await self._run(prepared, context, event)
        except Exception as error:  # noqa: BLE001 - a source may fail with anything; the stream ends with it masked
            yield Response(None, [failure(error)], kind=prepared.kind)
        finally:
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()

    async def _source(self, prepared: Prepared, context: object) -> Any:
        """The event source, or the Response that says why there is none."""
        try:
            async with asyncio.timeout(self.limits.seconds) as deadline:
                source = await execute_subscription(self._new_run(prepared, context, None))
        except Exception as error:  # noqa: BLE001 - a subscribe resolver may fail with anything
            if isinstance(error, TimeoutError) and deadline.expired():
                return self._timed_out(prepared)
            return request_error([failure(error)], "subscription")
        if not hasattr(source, "__aiter__"):
            return request_error([failure(TypeError("no event source"))], "subscription")
        return source


def chosen(document: Document, name: str | None) -> Operation | BadInput:
    """The operation to run (specification 6.1, GetOperation)."""
    operations = document.operations
    if name is None:
        if len(operations) == 1:
            return next(iter(operations.values()))
        return BadInput("operationName is needed: the document has several operations", code="BAD_USER_INPUT")
    found = operations.get(name)
    return found or BadInput("the document has no operation of that name", code="BAD_USER_INPUT")


def failure(error: Exception) -> Shown:
    """An exception of an event source in wire form."""
    if isinstance(error, GraphQLError):
        return shown_field_error(error)
    return shown_field_error(GraphQLError("", original_error=error))


def refused(reason: BadInput, prepared: Prepared) -> Response:
    """A request that is fine but may not run this way."""
    return request_error([shown_error(reason)], prepared.kind)


def request_error(errors: list[Shown], kind: OperationKind | None) -> Response:
    """Nothing was executed."""
    return Response(errors=errors, request_error=True, kind=kind)
