"""Query.viewer: who is signed in."""

from __future__ import annotations

from typing import Any

import graphene

from schema.context import context_of
from schema.enums import Role
from schema.nodes import VIEWER, to_global


class Viewer(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    role = graphene.Field(Role, required=True)
    scopes = graphene.List(graphene.NonNull(graphene.String), required=True)
    locale = graphene.String(required=True)
    csrf_token = graphene.String()


class ViewerQuery(graphene.ObjectType):
    viewer = graphene.Field(Viewer, required=True)

    @staticmethod
    def resolve_viewer(_root: Any, info: Any) -> dict[str, Any]:
        """A key acts for another system: it has no role of its own and shows as an integrator."""
        principal = context_of(info).principal
        return {
            "id": to_global(VIEWER, principal.id),
            "name": principal.name,
            "role": "integrator" if principal.role is None else principal.role.value,
            "scopes": sorted(str(scope) for scope in principal.scopes),
            "locale": principal.locale,
            "csrf_token": principal.csrf_token,
        }
