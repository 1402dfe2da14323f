"""A small graphene schema with every shape the executor meets; `make_schema(asynchronous)` picks the resolvers.

Values are driven by the context, a dict: {"values": {field name: value}} replaces what a resolver hands over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, ClassVar

import graphene
from graphql import GraphQLError

from customer360.errors import NotFound


def iso_of_micros(value: int) -> str:
    return f"T{value}"


class Moment(graphene.Scalar):
    """Microseconds or a ready string inside, text outside; refuses negative numbers."""

    fast_serialize: ClassVar[dict[type, Any]] = {str: None}

    @staticmethod
    def serialize(value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, int) and value >= 0:
            return iso_of_micros(value)
        raise ValueError(f"not a moment: {value}")

    @staticmethod
    def parse_value(value: Any) -> str:
        if not isinstance(value, str) or not value.startswith("T"):
            raise ValueError(f"not a moment: {value}")
        return value

    @staticmethod
    def parse_literal(node: Any, _variables: Any = None) -> Any:
        return Moment.parse_value(node.value)


class Channel(graphene.Enum):
    VOICE = "voice"
    CHAT = "chat"


class PageInfo(graphene.ObjectType):
    has_next_page = graphene.Boolean(required=True)
    end_cursor = graphene.String()


class Entry(graphene.Interface):
    id = graphene.ID(required=True)
    occurred_at = Moment(required=True)
    channel = Channel()
    title = graphene.String(required=True)
    amount = graphene.Float()
    count = graphene.Int()
    flag = graphene.Boolean()
    related = graphene.List(lambda: Entry)
    strict = graphene.List(graphene.NonNull(lambda: Entry))


class Call(graphene.ObjectType):
    class Meta:
        interfaces = (Entry,)

    agent = graphene.String()
    seconds = graphene.Int(required=True)


class Note(graphene.ObjectType):
    class Meta:
        interfaces = (Entry,)

    text = graphene.String(required=True)
    author = graphene.Field(lambda: Person)

    @staticmethod
    def resolve_author(root: Any, info: graphene.ResolveInfo) -> Any:
        return deliver(info, root.get("author"))


class Typed(graphene.ObjectType):
    """Checked by is_type_of."""

    name = graphene.String()

    @classmethod
    def is_type_of(cls, root: Any, info: graphene.ResolveInfo) -> bool:
        info.context["paths"].append(info.path.as_list())
        return isinstance(root, dict) and "name" in root


class Hit(graphene.Union):
    class Meta:
        types = (Call, Note, Typed)


class EntryEdge(graphene.ObjectType):
    cursor = graphene.String(required=True)
    node = graphene.Field(graphene.NonNull(Entry))


class EntryConnection(graphene.ObjectType):
    edges = graphene.NonNull(graphene.List(graphene.NonNull(EntryEdge)))
    nodes = graphene.NonNull(graphene.List(graphene.NonNull(Entry)))
    page_info = graphene.NonNull(PageInfo)


class Person(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String()
    nick = graphene.String(style=graphene.String(required=True, default_value="short"))
    age = graphene.Int()
    score = graphene.Float()
    vip = graphene.Boolean(required=True)
    tags = graphene.List(graphene.String)
    strict_tags = graphene.List(graphene.NonNull(graphene.String))
    matrix = graphene.List(graphene.List(graphene.Int))
    favourite = Channel()
    since = Moment()
    best = graphene.Field(Entry)
    hits = graphene.List(Hit)
    typed = graphene.Field(Typed)
    friend = graphene.Field(lambda: Person)
    must_friend = graphene.NonNull(lambda: Person)
    slow = graphene.String(required=True)
    failing = graphene.String(word=graphene.String(default_value="x"))
    failing_hard = graphene.String(required=True)
    missing = graphene.String()
    timeline = graphene.Field(
        EntryConnection, required=True, first=graphene.Int(required=True), after=graphene.String()
    )

    @staticmethod
    def resolve_slow(root: Any, info: graphene.ResolveInfo) -> Any:
        return deliver(info, value_of(root, "slow"))

    @staticmethod
    def resolve_friend(root: Any, info: graphene.ResolveInfo) -> Any:
        return deliver(info, value_of(root, "friend"))

    @staticmethod
    def resolve_must_friend(root: Any, info: graphene.ResolveInfo) -> Any:
        return deliver(info, value_of(root, "must_friend"))

    @staticmethod
    def resolve_failing(root: Any, info: graphene.ResolveInfo, word: str) -> Any:
        return deliver(info, ValueError(f"secret {word}"))

    @staticmethod
    def resolve_failing_hard(root: Any, info: graphene.ResolveInfo) -> Any:
        return deliver(info, GraphQLError("secret of the house"))

    @staticmethod
    def resolve_missing(root: Any, info: graphene.ResolveInfo) -> Any:
        raise NotFound("no such document", field="missing")

    @staticmethod
    def resolve_timeline(root: Any, info: graphene.ResolveInfo, first: int, after: str | None = None) -> Any:
        entries = value_of(root, "entries") or []
        page = entries[:first]
        edges = [{"cursor": f"c{place}", "node": entry} for place, entry in enumerate(page)]
        info_ = {"has_next_page": len(entries) > first, "end_cursor": None}
        return deliver(info, {"edges": edges, "nodes": page, "page_info": info_})


@dataclass
class PersonRow:
    """A person handed over as an object; `score` fails as a property may."""

    id: Any = "p9"
    name: Any = "Ana"
    age: Any = 30
    vip: Any = True
    tags: Any = None
    entries: Any = None
    friend: Any = None
    must_friend: Any = None
    slow: Any = "s"

    @property
    def score(self) -> float:
        raise LookupError("secret")


def value_of(root: Any, name: str) -> Any:
    return root.get(name) if isinstance(root, dict) else getattr(root, name, None)


async def later(value: Any) -> Any:
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


def deliver(info: Any, value: Any) -> Any:
    """The value, or a coroutine of it when the context asks for asynchronous resolvers."""
    if info.context["asynchronous"]:
        return later(value)
    if isinstance(value, Exception):
        raise value
    return value


class Size(graphene.InputObjectType):
    width = graphene.Int(required=True)
    label = graphene.String()
    at = Moment()


class Query(graphene.ObjectType):
    person = graphene.Field(Person, id=graphene.ID())
    must_person = graphene.Field(graphene.NonNull(Person))
    people = graphene.List(Person)
    search = graphene.List(Hit)
    area = graphene.Int(size=graphene.Argument(Size, required=True))
    areas = graphene.Int(sizes=graphene.List(graphene.NonNull(Size), required=True))
    optional = graphene.String(word=graphene.String(required=True, default_value="w"))
    suggestions = graphene.List(Person, first=graphene.Int())
    wait = graphene.String()

    @staticmethod
    def resolve_person(root: Any, info: graphene.ResolveInfo, id: str | None = None) -> Any:
        return deliver(info, info.context["person"])

    @staticmethod
    def resolve_must_person(root: Any, info: graphene.ResolveInfo) -> Any:
        return deliver(info, info.context["person"])

    @staticmethod
    def resolve_people(root: Any, info: graphene.ResolveInfo) -> Any:
        return [info.context["person"], deliver(info, info.context["person"]), PersonRow(), None]

    @staticmethod
    def resolve_search(root: Any, info: graphene.ResolveInfo) -> Any:
        return deliver(info, value_of(info.context["person"], "hits"))

    @staticmethod
    def resolve_area(root: Any, info: graphene.ResolveInfo, size: Any) -> int:
        return int(size["width"] ** 2)

    @staticmethod
    def resolve_optional(root: Any, info: graphene.ResolveInfo, word: str) -> str:
        return word

    @staticmethod
    def resolve_suggestions(root: Any, info: graphene.ResolveInfo, first: int | None = None) -> Any:
        return [info.context["person"]] * (first or 1)

    @staticmethod
    async def resolve_wait(root: Any, info: graphene.ResolveInfo) -> str:
        await info.context["gate"].wait()
        return "waited"


class Push(graphene.Mutation):
    class Arguments:
        value = graphene.Int(required=True)

    Output = graphene.List(graphene.NonNull(graphene.Int))

    @staticmethod
    def mutate(root: Any, info: graphene.ResolveInfo, value: int) -> Any:
        async def push() -> list[int]:
            await asyncio.sleep(0)
            info.context["log"].append(value)
            return list(info.context["log"])

        return push()


class Mutation(graphene.ObjectType):
    push = Push.Field()


class Subscription(graphene.ObjectType):
    ticks = graphene.Int(to=graphene.Int(required=True))
    broken = graphene.Int()

    @staticmethod
    async def subscribe_ticks(root: Any, info: graphene.ResolveInfo, to: int) -> AsyncIterator[int]:
        try:
            for tick in range(to):
                yield tick if tick != 2 else 2**40
        finally:
            info.context["closed"] = True

    @staticmethod
    async def subscribe_broken(root: Any, info: graphene.ResolveInfo) -> AsyncIterator[int]:
        yield 1
        raise ValueError("secret source")


def make_schema() -> graphene.Schema:
    return graphene.Schema(
        query=Query, mutation=Mutation, subscription=Subscription, types=[Call, Note, Typed]
    )


def call(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "__typename": "Call",
        "id": f"e{number}",
        "occurred_at": 1_700_000_000_000_000 + number,
        "channel": "voice",
        "title": f"Ligação {number}",
        "amount": 1.5,
        "count": number,
        "flag": False,
        "agent": None,
        "seconds": 60,
        **changes,
    }


def note(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "__typename": "Note",
        "id": f"n{number}",
        "occurred_at": "T0",
        "channel": "CHAT",
        "title": "Nota",
        "text": "olá",
        **changes,
    }


def person(**changes: Any) -> dict[str, Any]:
    return {
        "id": "p1",
        "name": "Maria",
        "age": 41,
        "score": 0.25,
        "vip": True,
        "tags": ["a", None, "b"],
        "favourite": "chat",
        "since": 7,
        "slow": "s",
        "entries": [call(1), note(2), call(3)],
        **changes,
    }


def context(asynchronous: bool = False, **changes: Any) -> dict[str, Any]:
    return {"asynchronous": asynchronous, "person": person(), "log": [], "paths": [], **changes}
