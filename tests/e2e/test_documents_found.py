"""Archived documents on both search stores: found by the words of their pages, gone when retracted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from customer360.archive.extraction.reader import FileReader
from customer360.errors import C360Error
from customer360.stores.postgres.archive import ArchiveRows
from customer360.stores.postgres.ledger import Refused
from indexer.archiving import Archiving
from indexer.batch import Verdict
from indexer.extraction.consumer import ExtractionConsumer
from tests.archive.files import pdf
from tests.e2e.office import Office
from tests.indexer.scenario import event
from tests.schema.desk import ANA, BIA

FOUND = """query($search: String, $filter: DocumentFilter) { documents(search: $search, filter: $filter, first: 10) {
  edges { node { title } pages { number snippet } } } }"""


class Archive:
    """Takes files in as `POST /documents` does, and reads their text as a worker does."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office = office
        self.folder = folder
        services = office.services
        self.rows = ArchiveRows(services.engine, services.ids)
        self.reader = FileReader(10)
        self.archiving = Archiving(self.rows, services.blobs, self.reader, self._refused, self._submit, None)

    def _refused(self, refused: Refused) -> None:
        raise C360Error(refused.reason)

    async def _submit(self, raw: dict[str, Any]) -> Verdict:
        return self.office.scenario.send(raw)[0]

    async def take(self, id: str, subject: str, kind: str, *pages: str) -> None:
        file = self.folder / id
        file.write_bytes(pdf(*pages))
        told = {"id": id, "source": "crm", "subject": subject, "title": f"Arquivo {id}", "kind": kind}
        await self.archiving.archive(told, file, "application/pdf")
        self.office.scenario.project()

    def read_texts(self) -> None:
        consumer = ExtractionConsumer(self.rows, self.office.services.blobs, self.reader, "test")
        consumer.take_leases()
        while consumer.run_once():
            pass
        consumer.release()


async def found(office: Office, search: str | None, **where: Any) -> list[tuple[str, list[Any]]]:
    answer = await office.ask(FOUND, search=search, filter=where)
    return [
        (edge["node"]["title"], [(page["number"], page["snippet"]) for page in edge["pages"]])
        for edge in answer["documents"]["edges"]
    ]


async def test_documents_are_found_by_their_pages_and_gone_at_once_when_retracted(
    office: Office, tmp_path: Path
) -> None:
    # given two invoices and a contract, their text read and delivered
    archive = Archive(office, tmp_path)
    await archive.take("f1", ANA, "invoice", "Fatura de energia", "Multa por atraso nas faturas")
    await archive.take("f2", BIA, "invoice", "Fatura de agua sem juros")
    await archive.take("c1", ANA, "contract", "Contrato de fornecimento com multa")
    await asyncio.to_thread(archive.read_texts)
    office.deliver()
    # when words of their pages are searched, then the documents come with the pages that hold them
    assert await found(office, "multa") == [
        ("Arquivo c1", [(1, "Contrato de fornecimento com «multa»")]),
        ("Arquivo f1", [(2, "«Multa» por atraso nas faturas")]),
    ]
    assert [title for title, _ in await found(office, "fatura")] == ["Arquivo f2", "Arquivo f1"]
    assert await found(office, "multa", kinds=["contract"]) == [
        ("Arquivo c1", [(1, "Contrato de fornecimento com «multa»")])
    ]
    assert [t for t, _ in await found(office, "multa", customerId=office.customer(BIA))] == []
    assert [title for title, _ in await found(office, None)] == ["Arquivo c1", "Arquivo f2", "Arquivo f1"]
    # when one is retracted and nothing is delivered yet
    raw = event("entry.retracted", {"source": "crm", "id": "c1", "reason": "engano"}, subject=None)
    office.scenario.given(raw)
    # then no search and no list shows it
    assert [title for title, _ in await found(office, "multa")] == ["Arquivo f1"]
    assert [title for title, _ in await found(office, None)] == ["Arquivo f2", "Arquivo f1"]
    # nor when its tombstones are delivered
    office.deliver()
    assert [title for title, _ in await found(office, "multa")] == ["Arquivo f1"]
    (name,) = office.generations("live")
    kept = office.services.writer.fingerprints(name, "page", "", 10)
    assert sorted(deleted for _, _, deleted in kept) == [False, False, False, True]
