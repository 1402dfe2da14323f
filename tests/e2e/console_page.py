"""The console as its user handles it, by role and label, in either language. Knows no class name that is not a landmark."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Request, expect

from tests.e2e.scene import NAME, Service

# Asked for by hand, for the tags of WCAG 2.2 are not all in axe's default set.
_RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


# Rows off the screen are not laid out until they come near it; axe takes their guessed height for the real one.
_LAY_OUT_ALL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("[data-entry] { content-visibility: visible !important }");
  document.adoptedStyleSheets = [sheet];
}"""


@dataclass
class ConsolePage:
    """One tab. `errors` collects what the page itself reports; `operations` counts GraphQL by name."""

    page: Page
    service: Service
    errors: list[str] = field(default_factory=list)
    operations: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("request", self._count)

    def _note(self, kind: str, text: str) -> None:
        """A refused sign-in is an answer; a broken content security policy or a script error is not."""
        if kind == "error" and "Failed to load resource" not in text:
            self.errors.append(text)

    def _count(self, request: Request) -> None:
        if request.url.endswith("/graphql") and request.post_data_json:
            self.operations[request.post_data_json.get("operationName") or "?"] += 1

    def open(self, path: str = "/") -> None:
        self.page.goto(self.service.url + path)

    def sign_in(self, password: str | None = None) -> None:
        self.page.get_by_label("Usuário").fill(self.service.login)
        self.page.get_by_label("Senha").fill(self.service.password if password is None else password)
        self.page.get_by_role("button", name="Entrar", exact=True).click()

    def start(self) -> None:
        self.open()
        self.sign_in()
        expect(self.search).to_be_focused()

    @property
    def search(self) -> Locator:
        return self.page.locator("input[name=search]")

    def open_customer(self, name: str = NAME) -> None:
        self.search.fill(name)
        self.page.get_by_role("link", name=name).first.click()
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()
        expect(self.entries.first).to_be_visible()

    @property
    def entries(self) -> Locator:
        return self.page.locator("[data-entry]")

    def entry_ids(self) -> list[str]:
        ids: list[str] = self.entries.evaluate_all("entries => entries.map(entry => entry.dataset.entry)")
        return ids

    def offer(self, name: str) -> Locator:
        return self.page.get_by_role("article", name=f"Oferta {name}")

    def document(self, title: str) -> Locator:
        """In the list of documents; the history names it too."""
        listed = self.page.get_by_role("region", name=re.compile("^(Documentos|Documents)$"))
        return listed.get_by_role("button", name=title)

    def violations(self) -> list[dict[str, Any]]:
        """What axe finds on the screen as it is, in short."""
        self.page.evaluate(_LAY_OUT_ALL)
        found: dict[str, Any] = Axe().run(self.page, options=_RULES).response
        return [
            {"rule": one["id"], "where": [node["html"][:160] for node in one["nodes"]]}
            for one in found["violations"]
        ]
