"""A small GraphQL schema: what the edge does with a schema does not depend on the product's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import graphene

from api.graphql import GraphQL
from customer360.errors import NotFound
from customer360.privacy.principal import Principal
from schema.execution import Executor


@dataclass
class World:
    """What the resolvers see and do. `ticks` feeds the subscription; `closed` is set when its source ends."""

    touched: int = 0
    ticks: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    principal: Principal | None = None


class Query(graphene.ObjectType):
    who = graphene.String()
    lost = graphene.String()
    broken = graphene.String()

    @staticmethod
    def resolve_who(_: Any, info: Any) -> str:
        return str(info.context.principal.name)

    @staticmethod
    def resolve_lost(_: Any, info: Any) -> str:
        raise NotFound("not here")

    @staticmethod
    def resolve_broken(_: Any, info: Any) -> str:
        raise RuntimeError("Maria 529.982.247-25")


class Touch(graphene.Mutation):
    count = graphene.Int()

    @staticmethod
    def mutate(_: Any, info: Any) -> dict[str, int]:
        info.context.touched += 1
        return {"count": info.context.touched}


class Mutation(graphene.ObjectType):
    touch = Touch.Field()


class Subscription(graphene.ObjectType):
    ticks = graphene.Int()

    @staticmethod
    async def subscribe_ticks(_: Any, info: Any) -> AsyncIterator[int]:
        world: World = info.context
        try:
            while (tick := await world.ticks.get()) >= 0:
                yield tick
        finally:
            world.closed.set()

    @staticmethod
    def resolve_ticks(tick: int, info: Any) -> int:
        return tick


def graphql(world: World) -> GraphQL:
    def context(principal: Principal) -> World:
        world.principal = principal
        return world

    return GraphQL(
        Executor(graphene.Schema(query=Query, mutation=Mutation, subscription=Subscription)), context
    )
