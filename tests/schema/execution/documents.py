"""Documents over the toy schema, and values that fit, do not fit, or fail, all made from a series of choices.

`pick` makes the choices: hypothesis does (and shrinks them), or a seeded random generator (many more per second).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

from . import toy

T = TypeVar("T")


class Pick(Protocol):
    """Chooses one of the options."""

    def __call__(self, options: Sequence[T], /) -> T: ...


DEEPEST = 4
CONDITIONS = (
    "",
    "",
    "",
    " @include(if: $yes)",
    " @skip(if: $no)",
    " @skip(if: $maybe)",
    " @include(if: true)",
)
VARIABLES = (
    "$yes: Boolean! = true, $no: Boolean! = false, $maybe: Boolean!, $first: Int! = 2, $id: ID, $word: String"
)


class DocumentMaker:
    """Draws one operation with its fragments; `fragments` collects the definitions it spreads."""

    def __init__(self, schema: GraphQLSchema, pick: Pick) -> None:
        self.schema = schema
        self.pick = pick
        self.fragments: list[str] = []

    def operation(self) -> str:
        root = self.schema.query_type
        assert root is not None
        body = self.selection_set(root, 0)
        unused = (
            " u1: __typename @include(if: $yes) @skip(if: $no) u2: optional(word: $word) @skip(if: $maybe)"
        )
        uses = " used: person(id: $id) { timeline(first: $first) { pageInfo { hasNextPage } } }"
        return f"query Q({VARIABLES}) {{{body}{unused}{uses} }}\n" + "\n".join(self.fragments)

    def selection_set(self, type_: GraphQLNamedType, depth: int) -> str:
        count = self.pick((1, 2, 3, 4))
        parts = [self.selection(type_, depth) for _ in range(count)]
        return " ".join(part for part in parts if part) or "__typename"

    def selection(self, type_: GraphQLNamedType, depth: int) -> str:
        kind = self.pick(("field", "field", "field", "field", "inline", "spread"))
        if kind == "field" or depth >= DEEPEST:
            return self.field(type_, depth)
        target = self.narrowed(type_)
        inner = self.selection_set(target, depth + 1)
        if kind == "inline":
            condition = self.pick(("", f" on {target.name}")) if target is type_ else f" on {target.name}"
            return f"...{condition}{self.condition()} {{ {inner} }}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {target.name} {{ {inner} }}")
        return f"...{name}{self.condition()}"

    def narrowed(self, type_: GraphQLNamedType) -> GraphQLNamedType:
        """The type itself, one of its possible types, or one of its interfaces."""
        options: list[GraphQLNamedType] = [type_]
        if is_abstract_type(type_):
            options.extend(self.schema.get_possible_types(cast(GraphQLAbstractType, type_)))
        if isinstance(type_, GraphQLObjectType):
            options.extend(type_.interfaces)
        return self.pick(options)

    def field(self, type_: GraphQLNamedType, depth: int) -> str:
        fields: dict[str, GraphQLField] = {}
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            fields = {
                name: definition
                for name, definition in type_.fields.items()
                if name not in ("wait", "area", "areas")
                and (depth < DEEPEST or not is_composite_type(get_named_type(definition.type)))
            }
        name = self.pick(["__typename", *fields])
        if name == "__typename":
            return f"{self.alias(name, '')}__typename{self.condition()}"
        return self.field_of(name, fields[name], type_, depth)

    def field_of(self, name: str, definition: GraphQLField, type_: GraphQLNamedType, depth: int) -> str:
        arguments = self.pick(ARGUMENTS.get(name, ("",)))
        named = get_named_type(definition.type)
        inner = f" {{ {self.selection_set(named, depth + 1)} }}" if is_composite_type(named) else ""
        return f"{self.alias(name, arguments)}{name}{arguments}{self.condition()}{inner}"

    def alias(self, name: str, arguments: str) -> str:
        """Fields with different arguments need different names; some others get one, too."""
        if arguments:
            return f"{name}{abs(hash_of(arguments))}: "
        return self.pick(("", "", f"{name}Other: "))

    def condition(self) -> str:
        return self.pick(CONDITIONS)


ARGUMENTS = {
    "timeline": ("(first: 1)", "(first: $first)", "(first: 100, after: null)"),
    "failing": ("", '(word: "w")', "(word: null)"),
    "person": ("", "(id: $id)", '(id: "p")'),
    "suggestions": ("", "(first: $first)"),
    "nick": ("", '(style: "long")', "(style: $word)"),
    "optional": ("", '(word: "x")', "(word: $word)"),
}


def hash_of(text: str) -> int:
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(text))


def document(schema: GraphQLSchema, pick: Pick) -> str:
    return DocumentMaker(schema, pick).operation()


LEAF_VALUES: tuple[Any, ...] = (
    None, "text", "voice", "CHAT", 1, 0, -5, 2**31, 2**40, 1.5, 3.0, float("nan"), float("inf"), True, False,
    b"bytes", ("a", "b"), toy.Channel.VOICE, "chat", ValueError("secret"), object, 10**18,
)  # fmt: skip
ODD_OBJECTS: tuple[Any, ...] = (
    None, 7, "text", {}, [], {"__typename": "Nobody"}, {"__typename": 3}, {"__typename": "Typed", "name": "n"},
    {"__typename": "Typed"}, {"__typename": "Person"}, ValueError("secret"), toy.Call(id="c", seconds=1, title="t"),
)  # fmt: skip
ODD_PERSONS: tuple[Any, ...] = (
    None,
    toy.PersonRow(),
    ValueError("secret"),
    "text",
    toy.Person(id="g", vip=True),
)
LEAVES = ("id", "name", "age", "score", "vip", "favourite", "since", "slow", "tags", "strict_tags")
ENTRY_LEAVES = (
    "id",
    "occurred_at",
    "channel",
    "title",
    "amount",
    "count",
    "flag",
    "agent",
    "seconds",
    "text",
)


def fresh(value: Any) -> Any:
    """A new exception for each use: one that is raised again and again keeps every stack it came through."""
    return ValueError("secret") if isinstance(value, ValueError) else value


def many(pick: Pick, most: int, make: Callable[[], Any]) -> list[Any]:
    return [make() for _ in range(pick(range(most + 1)))]


def maybe(pick: Pick, make: Callable[[], Any]) -> Any:
    return make() if pick((True, True, False)) else None


def entry(pick: Pick, depth: int = 0) -> Any:
    if pick(range(8)) == 7:
        return fresh(pick(ODD_OBJECTS))
    made = pick((toy.call, toy.note))(pick(range(10)))
    for name in many(pick, 2, lambda: pick(ENTRY_LEAVES)):
        made[name] = fresh(pick(LEAF_VALUES))
    if depth < 1:
        made["related"] = maybe(pick, lambda: many(pick, 2, lambda: entry(pick, 1)))
        made["strict"] = maybe(pick, lambda: many(pick, 2, lambda: entry(pick, 1)))
        made["author"] = maybe(pick, lambda: person(pick, 2))
    return made


def person(pick: Pick, depth: int = 0) -> Any:
    if pick(range(10)) == 9:
        return fresh(pick(ODD_PERSONS))
    made = toy.person()
    for name in many(pick, 3, lambda: pick(LEAVES)):
        made[name] = fresh(pick(LEAF_VALUES))
    made["tags"] = (
        many(pick, 3, lambda: fresh(pick(LEAF_VALUES)))
        if pick((True, True, False))
        else fresh(pick(LEAF_VALUES))
    )
    made["strict_tags"] = many(pick, 3, lambda: pick(("a", "b", None, 1, b"x")))
    made["matrix"] = maybe(
        pick,
        lambda: many(pick, 2, lambda: maybe(pick, lambda: many(pick, 2, lambda: fresh(pick(LEAF_VALUES))))),
    )
    if depth < 2:
        made["entries"] = many(pick, 3, lambda: entry(pick))
        made["hits"] = maybe(pick, lambda: many(pick, 3, lambda: entry(pick, 1)))
        made["best"] = entry(pick, 1)
        made["typed"] = fresh(pick(ODD_OBJECTS))
        made["friend"] = maybe(pick, lambda: person(pick, depth + 1))
        made["must_friend"] = person(pick, depth + 1)
    return made
