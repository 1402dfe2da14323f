"""The service with one part exchanged, for the other side of a comparison: `python -m benchmarks.variants --worker thread`.

Everything else, the resolvers above all, is the product's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import graphene

import api.assembly
import api.serve
from customer360.config import Settings
from customer360.services import build
from indexer.worker import Worker
from schema.execution import Executor, Request, Response


class ThreadWorker:
    """In the place of the worker process: the same loops as threads of the API process."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._services = build(Settings.from_env(environ))
        self._worker = Worker(self._services)

    def start(self) -> None:
        self._worker.start()

    def wake(self) -> None:
        self._worker.wake()

    def stop(self) -> None:
        self._worker.stop()
        self._services.shut()


class PlainExecutor(Executor):
    """graphene as it comes: parse, validate and execute for each request."""

    def __init__(self, schema: graphene.Schema) -> None:
        super().__init__(schema)
        self._graphene = schema

    async def execute(self, request: Request, context: object, **_: Any) -> Response:
        result = await self._graphene.execute_async(
            request.query,
            variable_values=request.variables,
            operation_name=request.operation_name,
            context_value=context,
        )
        return Response(result.data, [{"message": str(error)} for error in result.errors or []])


@click.command()
@click.option("--worker", type=click.Choice(["process", "thread"]), default="process")
@click.option("--graphql", type=click.Choice(["product", "plain"]), default="product")
def main(worker: str, graphql: str) -> None:
    """Serve as `c360 serve` does, with the chosen parts."""
    if worker == "thread":
        vars(api.serve)["WorkerProcess"] = ThreadWorker
    if graphql == "plain":
        vars(api.assembly)["Executor"] = PlainExecutor
    api.serve.serve(Settings.from_env(), ready=lambda address: click.echo(f"serving on {address}"))


if __name__ == "__main__":
    main()
