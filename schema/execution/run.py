"""Executes a plan: the algorithms of specification section 6, arranged so that plain leaves cost one dictionary read.

Resolvers, errors, null propagation, paths and their order are those of graphql-core (property-tested against it);
coroutines of siblings run concurrently, and when one of them makes their parent null the others are cancelled.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Coroutine
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any

from graphql import ExecutionContext, GraphQLError, GraphQLObjectType, GraphQLResolveInfo, get_argument_values
from graphql.error import located_error
from graphql.execution.execute import invalid_return_type_error
from graphql.pyutils import Path, Undefined, is_iterable

from .errors import ArgumentError
from .plan import FieldPlan, ObjectPlan, OperationPlan
from .shapes import ABSTRACT, LEAF, LIST, SLOW, Shape
from .siblings import select_later
from .sources import reader

# Exact types that are never awaitable: asking costs more than looking here.
PLAIN = frozenset({dict, list, tuple, str, int, float, bool, type(None)})

Completed = Any  # a JSON value, or a coroutine of one
Parent = Path | None


class Run(ExecutionContext):
    """One execution of one operation; `objects` counts what was completed (the actual cost)."""

    def __init__(self, plan: OperationPlan, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.plan = plan
        self.objects = 0
        self.opened: list[Coroutine[Any, Any, Any]] = []

    async def data(self, *, serially: bool) -> dict[str, Any] | None:
        """The data of the response; errors are in `collected_errors`."""
        root = self.plan.root
        try:
            if serially:
                return await self.select_serially(root, self.root_value)
            selected = self.select(root, self.root_value, None)
            done: dict[str, Any] = await selected if type(selected) is CoroutineType else selected
            return done
        except GraphQLError as error:
            self.collected_errors.add(error, None)
            return None
        finally:
            for coroutine in self.opened:
                if getcoroutinestate(coroutine) == CORO_CREATED:  # never started because a sibling failed
                    coroutine.close()

    # ---- selection sets -------------------------------------------------------------------------

    def select(self, plan: ObjectPlan, source: Any, path: Parent) -> Completed:
        """All fields of one object, in order; a coroutine if any of them is one."""
        self.objects += plan.weight
        results: dict[str, Any] = {}
        pending: list[str] | None = None
        read = source.get if type(source) is dict else reader(source)
        for name, key, default, exact, accept, field in plan.entries:
            if key is not None:
                value = read(key, default)
                if type(value) is exact:
                    results[name] = value
                    continue
                convert = accept(type(value), SLOW)
                if convert is None:
                    results[name] = value
                    continue
                if convert is not SLOW:
                    try:
                        results[name] = convert(value)
                        continue
                    except Exception:  # noqa: BLE001, S110 - the type's own serialize below decides what is wrong
                        pass
                value = self.settle(field, field.shape, Path(path, name, field.parent.name), value, None)
            elif field is None:
                results[name] = default
                continue
            else:
                value = self.resolve(field, source, path)
            results[name] = value
            if type(value) is CoroutineType:
                pending = pending or []
                pending.append(name)
        return results if pending is None else self.open(select_later(results, pending))

    async def select_serially(self, plan: ObjectPlan, source: Any) -> dict[str, Any]:
        """The root fields of a mutation, each finished before the next begins."""
        results: dict[str, Any] = {}
        for name, _key, default, _exact, _accept, field in plan.entries:
            if field is None:
                results[name] = default
                continue
            value = self.resolve(field, source, None)
            results[name] = await value if type(value) is CoroutineType else value
        return results

    # ---- fields ---------------------------------------------------------------------------------

    def resolve(self, field: FieldPlan, source: Any, parent: Parent) -> Completed:
        """Calls the resolver of a field and completes what it returns."""
        path = Path(parent, field.name, field.parent.name)
        info = self.info(field, path)
        try:
            result = (field.resolve or self.field_resolver)(source, info, **self.arguments(field))
        except Exception as error:  # noqa: BLE001 - any failure of a resolver is a field error
            return self.fail(field, field.shape, path, error)
        return self.settle(field, field.shape, path, result, info)

    def arguments(self, field: FieldPlan) -> dict[str, Any]:
        if field.arguments is not None:
            return field.arguments
        try:
            return get_argument_values(field.definition, field.nodes[0], self.variable_values)
        except GraphQLError as error:
            raise ArgumentError(error.message, error.nodes) from None

    def info(self, field: FieldPlan, path: Path) -> GraphQLResolveInfo:
        """The resolve info; inside a list the path is that of the list's field."""
        while isinstance(path.key, int):
            path = path.prev
        return self.build_resolve_info(field.definition, field.nodes, field.parent, path)

    def settle(
        self, field: FieldPlan, shape: Shape, path: Path, result: Any, info: GraphQLResolveInfo | None
    ) -> Completed:
        """Completes a resolved value of a field or list position and turns failures into null or a raise."""
        kind = type(result)
        if kind not in PLAIN and self.is_awaitable(result):
            if kind is CoroutineType:
                self.opened.append(result)
            return self.open(self.settle_later(field, shape, path, result, info))
        plan = field.plans.get(shape.cheap_type(result)) if kind is dict else None
        try:
            if plan is not None and plan.is_type_of is None:  # what complete would come to, with fewer calls
                completed = self.select(plan, result, path)
            else:
                completed = self.complete(field, shape, path, result, info)
        except Exception as error:  # noqa: BLE001 - any failure while completing is a field error
            return self.fail(field, shape, path, error)
        if type(completed) is CoroutineType:
            return self.open(self.settle_completed(field, shape, path, completed))
        return completed

    async def settle_later(
        self, field: FieldPlan, shape: Shape, path: Path, result: Any, info: GraphQLResolveInfo | None
    ) -> Any:
        try:
            completed = self.complete(field, shape, path, await result, info)
            return await completed if type(completed) is CoroutineType else completed
        except Exception as error:  # noqa: BLE001 - any failure of a resolver is a field error
            return self.fail(field, shape, path, error)

    async def settle_completed(self, field: FieldPlan, shape: Shape, path: Path, completed: Any) -> Any:
        try:
            return await completed
        except Exception as error:  # noqa: BLE001 - any failure below is located here or nulls this position
            return self.fail(field, shape, path, error)

    def fail(self, field: FieldPlan, shape: Shape, path: Path, error: Exception) -> None:
        """Records the error and leaves null, or raises it to the parent of a non-null position."""
        located = located_error(error, field.nodes, path.as_list())
        if shape.non_null:
            raise located
        self.collected_errors.add(located, path)

    def open(self, coroutine: Coroutine[Any, Any, Any]) -> Coroutine[Any, Any, Any]:
        """Remembers a coroutine so that it is closed if a failing sibling keeps it from ever running."""
        self.opened.append(coroutine)
        return coroutine

    # ---- values ---------------------------------------------------------------------------------

    def complete(
        self, field: FieldPlan, shape: Shape, path: Path, result: Any, info: GraphQLResolveInfo | None
    ) -> Completed:
        """CompleteValue of the specification; raises where the value does not fit the type."""
        if isinstance(result, Exception):
            raise result
        if result is None or result is Undefined:
            if shape.non_null:
                raise TypeError(
                    f"Cannot return null for non-nullable field {field.parent.name}.{field.field_name}."
                )
            return None
        kind = shape.kind
        if kind == LEAF:
            return self.complete_leaf_value(shape.type, result)
        if kind == LIST:
            return self.complete_list(field, shape, path, result, info)
        if kind == ABSTRACT:
            return self.complete_abstract(field, shape, path, result, info)
        return self.complete_object(field, shape.type, path, result, info)

    def complete_list(
        self, field: FieldPlan, shape: Shape, path: Path, result: Any, info: GraphQLResolveInfo | None
    ) -> Completed:
        inner = shape.inner
        assert inner is not None
        if type(result) is not list and not is_iterable(result):
            if isinstance(result, AsyncIterable):
                return self.open(self.complete_async_list(field, shape, path, result, info))
            where = f"{field.parent.name}.{field.field_name}"
            raise GraphQLError(f"Expected Iterable, but did not find one for field '{where}'.")
        accept = inner.accept
        settle = self.settle
        results: list[Any] = []
        pending: list[int] = []
        for index, value in enumerate(result):
            if accept(type(value), SLOW) is not None:
                value = settle(field, inner, Path(path, index, None), value, info)
                if type(value) is CoroutineType:
                    pending.append(index)
            results.append(value)
        return self.open(select_later(results, pending)) if pending else results

    async def complete_async_list(
        self,
        field: FieldPlan,
        shape: Shape,
        path: Path,
        result: AsyncIterable[Any],
        info: GraphQLResolveInfo | None,
    ) -> Any:
        completed = self.complete_list(field, shape, path, [value async for value in result], info)
        return await completed if type(completed) is CoroutineType else completed

    def complete_abstract(
        self, field: FieldPlan, shape: Shape, path: Path, result: Any, info: GraphQLResolveInfo | None
    ) -> Completed:
        """The object's type by its cheap key, else by resolve_type as graphql-core does it."""
        runtime = shape.cheap_type(result)
        if runtime is not None:
            return self.complete_object(field, runtime, path, result, info)
        info = info or self.info(field, path)
        named: Any = (shape.type.resolve_type or self.type_resolver)(result, info, shape.type)
        if self.is_awaitable(named):
            return self.open(self.complete_abstract_later(field, shape, path, result, info, named))
        runtime = self.ensure_valid_runtime_type(named, shape.type, field.nodes, info, result)
        return self.complete_object(field, runtime, path, result, info)

    async def complete_abstract_later(
        self, field: FieldPlan, shape: Shape, path: Path, result: Any, info: GraphQLResolveInfo, named: Any
    ) -> Any:
        runtime = self.ensure_valid_runtime_type(await named, shape.type, field.nodes, info, result)
        completed = self.complete_object(field, runtime, path, result, info)
        return await completed if type(completed) is CoroutineType else completed

    def complete_object(
        self,
        field: FieldPlan,
        type_: GraphQLObjectType,
        path: Path,
        result: Any,
        info: GraphQLResolveInfo | None,
    ) -> Completed:
        plan = field.plans.get(type_) or self.plan.below(field, type_, self.variable_values)
        if plan.is_type_of is None:
            return self.select(plan, result, path)
        fits: Any = plan.is_type_of(result, info or self.info(field, path))
        if self.is_awaitable(fits):
            return self.open(self.complete_object_later(field, plan, path, result, fits))
        if not fits:
            raise invalid_return_type_error(type_, result, field.nodes)
        return self.select(plan, result, path)

    async def complete_object_later(
        self, field: FieldPlan, plan: ObjectPlan, path: Path, result: Any, fits: Any
    ) -> Any:
        if not await fits:
            raise invalid_return_type_error(plan.type, result, field.nodes)
        selected = self.select(plan, result, path)
        return await selected if type(selected) is CoroutineType else selected
