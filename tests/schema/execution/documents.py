"""Hypothesis strategies: documents over the toy schema and contexts whose values fit, do not fit, or fail."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)
from hypothesis import strategies as st

from . import toy

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

    def __init__(self, schema: GraphQLSchema, draw: st.DrawFn) -> None:
        self.schema = schema
        self.draw = draw
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
        count = self.draw(st.integers(1, 4))
        parts = [self.selection(type_, depth) for _ in range(count)]
        return " ".join(part for part in parts if part) or "__typename"

    def selection(self, type_: GraphQLNamedType, depth: int) -> str:
        kind = self.draw(st.sampled_from(("field", "field", "field", "field", "inline", "spread")))
        if kind == "field" or depth >= DEEPEST:
            return self.field(type_, depth)
        target = self.narrowed(type_)
        inner = self.selection_set(target, depth + 1)
        if kind == "inline":
            condition = (
                self.draw(st.sampled_from(("", f" on {target.name}")))
                if target is type_
                else f" on {target.name}"
            )
            return f"...{condition}{self.condition()} {{ {inner} }}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {target.name} {{ {inner} }}")
        return f"...{name}{self.condition()}"

    def narrowed(self, type_: GraphQLNamedType) -> GraphQLNamedType:
        """The type itself, one of its possible types, or one of its interfaces."""
        options: list[GraphQLNamedType] = [type_]
        if is_abstract_type(type_):
            options.extend(self.schema.get_possible_types(type_))
        if isinstance(type_, GraphQLObjectType):
            options.extend(type_.interfaces)
        return self.draw(st.sampled_from(options))

    def field(self, type_: GraphQLNamedType, depth: int) -> str:
        fields: dict[str, GraphQLField] = {}
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            fields = {
                name: definition
                for name, definition in type_.fields.items()
                if name not in ("wait", "area")
                and (depth < DEEPEST or not is_composite_type(get_named_type(definition.type)))
            }
        name = self.draw(st.sampled_from(["__typename", *fields]))
        if name == "__typename":
            return f"{self.alias(name, '')}__typename{self.condition()}"
        return self.field_of(name, fields[name], type_, depth)

    def field_of(self, name: str, definition: GraphQLField, type_: GraphQLNamedType, depth: int) -> str:
        arguments = self.draw(st.sampled_from(ARGUMENTS.get(name, ("",))))
        named = get_named_type(definition.type)
        inner = f" {{ {self.selection_set(named, depth + 1)} }}" if is_composite_type(named) else ""
        return f"{self.alias(name, arguments)}{name}{arguments}{self.condition()}{inner}"

    def alias(self, name: str, arguments: str) -> str:
        """Fields with different arguments need different names; some others get one, too."""
        if arguments:
            return f"{name}{abs(hash_of(arguments))}: "
        return self.draw(st.sampled_from(("", "", f"{name}Other: ")))

    def condition(self) -> str:
        return self.draw(st.sampled_from(CONDITIONS))


ARGUMENTS = {
    "timeline": ("(first: 1)", "(first: $first)", "(first: 100, after: null)"),
    "failing": ("", '(word: "w")', "(word: null)"),
    "person": ("", "(id: $id)", '(id: "p")'),
    "suggestions": ("", "(first: $first)"),
    "optional": ("", '(word: "x")', "(word: $word)"),
}


def hash_of(text: str) -> int:
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(text))


@st.composite
def documents(draw: st.DrawFn, schema: GraphQLSchema) -> str:
    return DocumentMaker(schema, draw).operation()


LEAF_VALUES = st.sampled_from(
    (
        None, "text", "voice", "CHAT", 1, 0, -5, 2**31, 2**40, 1.5, 3.0, float("nan"), float("inf"), True, False,
        b"bytes", ("a", "b"), toy.Channel.VOICE, toy.Channel.CHAT.value, ValueError("secret"), object, 10**18,
    )
)  # fmt: skip
ODD_OBJECTS = st.sampled_from(
    (
        None, 7, "text", {}, [], {"__typename": "Nobody"}, {"__typename": 3}, {"__typename": "Typed", "name": "n"},
        {"__typename": "Typed"}, {"__typename": "Person"}, ValueError("secret"), toy.Call(id="c", seconds=1, title="t"),
    )
)  # fmt: skip
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


@st.composite
def entries(draw: st.DrawFn, depth: int = 0) -> Any:
    if draw(st.integers(0, 7)) == 0:
        return draw(ODD_OBJECTS)
    made = draw(st.sampled_from((toy.call, toy.note)))(draw(st.integers(0, 9)))
    for name in draw(st.lists(st.sampled_from(ENTRY_LEAVES), max_size=2)):
        made[name] = draw(LEAF_VALUES)
    if depth < 1:
        made["related"] = draw(st.none() | st.lists(entries(depth=1), max_size=2))
        made["strict"] = draw(st.none() | st.lists(entries(depth=1), max_size=2))
        made["author"] = draw(st.none() | persons(depth=1))
    return made


@st.composite
def persons(draw: st.DrawFn, depth: int = 0) -> Any:
    if draw(st.integers(0, 9)) == 0:
        return draw(
            st.sampled_from(
                (None, toy.PersonRow(), ValueError("secret"), "text", toy.Person(id="g", vip=True))
            )
        )
    made = toy.person()
    for name in draw(st.lists(st.sampled_from(LEAVES), max_size=3)):
        made[name] = draw(LEAF_VALUES)
    made["tags"] = draw(st.lists(LEAF_VALUES, max_size=3) | LEAF_VALUES)
    made["strict_tags"] = draw(st.lists(st.sampled_from(("a", "b", None, 1, b"x")), max_size=3))
    made["matrix"] = draw(st.none() | st.lists(st.none() | st.lists(LEAF_VALUES, max_size=2), max_size=2))
    if depth < 2:
        made["entries"] = draw(st.lists(entries(), max_size=3))
        made["hits"] = draw(st.none() | st.lists(entries(depth=1), max_size=3))
        made["best"] = draw(entries(depth=1))
        made["typed"] = draw(ODD_OBJECTS)
        made["friend"] = draw(st.none() | persons(depth=depth + 1))
        made["must_friend"] = draw(persons(depth=depth + 1))
    return made
