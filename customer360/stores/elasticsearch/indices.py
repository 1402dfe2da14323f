"""The life of a generation's indices: made before their first write, published, dropped, all safe beside other processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError, SerializationError

from customer360.stores.elasticsearch.client import JSON
from customer360.stores.elasticsearch.mappings import index_body
from customer360.stores.elasticsearch.names import Names, write_alias
from customer360.stores.ports import Kind

_TRIES = 10  # of a publish that meets writers making new quarters
_WAIT = {"timeout": "10s", "master_timeout": "10s"}


class GenerationMissing(Exception):
    """The base index is gone: the generation was dropped, or somebody wiped it."""


class Indices:
    """Raises the client's errors; the writer says what they mean."""

    def __init__(self, client: Elasticsearch, names: Names, shards: int) -> None:
        self._client = client
        self._names = names
        self._shards = shards
        self._ready: set[str] = set()  # indices that we have seen with their aliases

    def create(self, generation: str) -> None:
        for index, kind in self._names.first(generation).items():
            self._make(index, kind)
            self._attach(index, generation)

    def ensure(self, wanted: Iterable[str], generation: str) -> None:
        """Makes the quarters that are not there yet. GenerationMissing instead of making a part of a lost one anew."""
        missing = set(wanted) - self._ready
        if not missing:
            return
        if self._names.base(generation) not in self.uuids(generation):
            raise GenerationMissing(generation)
        for index in sorted(missing):
            self._make(index, self._names.kind_of(index))
            self._attach(index, generation)
            self._ready.add(index)

    def forget(self, indices: Iterable[str]) -> None:
        """What the store says is not there is looked at again before the next write."""
        self._ready.difference_update(indices)

    def publish(self, generation: str) -> None:
        """One `_aliases` call; repeated only when a writer made or aliased a quarter meanwhile."""
        for _ in range(_TRIES):
            indices = sorted(self.uuids(generation))
            if self._names.base(generation) not in indices:
                raise ValueError(f"there is no generation {generation}")
            self._aliases([*self._all_removed(), *map(self._read, indices)])
            if self._searched() == set(self.uuids(generation)):
                return
        raise RuntimeError("the read aliases changed again and again while being moved")

    def withdraw(self, generation: str) -> None:
        """One `_aliases` call, until nothing is left; a quarter made later is not searched, as nothing is published."""
        for _ in range(_TRIES):
            held = self._call("GET", f"/{self._names.pattern(generation)}/_alias")
            reads = [self._read(index)["add"] for index in held]
            searched = [read for read in reads if read["alias"] in held[read["index"]]["aliases"]]
            if not searched:
                return
            try:
                self._aliases([{"remove": read} for read in searched])
            except NotFoundError:
                continue  # one of them has just been deleted
        raise RuntimeError("the read aliases changed again and again while being taken away")

    def drop(self, generation: str) -> None:
        """By name: a cluster may forbid to delete by pattern."""
        indices = sorted(self.uuids(generation))
        self.forget(indices)
        if indices:
            self._call("DELETE", f"/{','.join(indices)}", {**_WAIT, "ignore_unavailable": "true"})

    def uuids(self, generation: str) -> dict[str, str]:
        answer = self._call("GET", f"/{self._names.pattern(generation)}/_settings/index.uuid")
        return {index: found["settings"]["index"]["uuid"] for index, found in answer.items()}

    def _make(self, index: str, kind: Kind) -> None:
        try:
            self._call("PUT", f"/{index}", _WAIT, index_body(kind, self._shards))
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def _attach(self, index: str, generation: str) -> None:
        """The write alias comes last or with the others: until then nothing can be written, so nothing written is unseen.

        It is searched at once if its generation is the published one: the remove says so, and fails the call if not.
        """
        base = self._names.base(generation)
        write = {"add": {"index": index, "alias": write_alias(index), "is_write_index": True}}
        published = {"remove": {"index": base, "alias": self._names.read_alias("member"), "must_exist": True}}
        if index != base:
            try:
                self._aliases([published, self._read(base), self._read(index), write])
                return
            except NotFoundError:
                pass  # not published, so not to be searched
        self._aliases([write])

    def _read(self, index: str) -> dict[str, Any]:
        return {"add": {"index": index, "alias": self._names.read_alias(self._names.kind_of(index))}}

    def _all_removed(self) -> list[dict[str, Any]]:
        kinds: tuple[Kind, ...] = ("entry", "member", "document", "page")
        aliases = map(self._names.read_alias, kinds)
        return [{"remove": {"index": f"{a}-*", "alias": a, "must_exist": False}} for a in aliases]

    def _searched(self) -> set[str]:
        return set(self._call("GET", f"/_alias/{self._names.read_aliases()}"))

    def _aliases(self, actions: list[dict[str, Any]]) -> None:
        self._call("POST", "/_aliases", _WAIT, {"actions": actions})

    def _call(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, body: Any = None
    ) -> dict[str, Any]:
        found = self._client.perform_request(method, path, params=params, headers=JSON, body=body).body
        if not isinstance(found, dict):
            raise SerializationError("not an answer of Elasticsearch")
        return found
