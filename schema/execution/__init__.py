"""GraphQL execution for any graphene schema: the only place that runs graphql-core. No HTTP server, no product logic."""

from .executor import Executor
from .request import Request, Response

__all__ = ["Executor", "Request", "Response"]
