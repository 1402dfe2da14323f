"""The console in a real browser, against the running service: the flows of an agent, axe on every page, screenshots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.console_page import ConsolePage
from tests.e2e.scene import (
    CALLS,
    CPF,
    DOCUMENT_LINE,
    DOCUMENT_TITLE,
    ENTRIES,
    HOSTILE_TITLE,
    LETTERS,
    NAME,
    OFFERS,
    Scene,
    Service,
)

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
WIDE, NARROW = (1366, 768), (320, 640)
Theme = Literal["light", "dark"]

pytestmark = pytest.mark.skipif(
    not Path(CHROMIUM).exists(), reason="NOT TESTED: the console needs Debian's chromium"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def scene(service: Service) -> Scene:
    scene = Scene(service)
    scene.lay()
    return scene


def tab(browser: Browser, size: tuple[int, int] = WIDE, theme: Theme = "light") -> Page:
    viewport = {"width": size[0], "height": size[1]}
    # Another zone than the installation's: the console must not tell the time of the browser.
    context = browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]  # a TypedDict of the library, not exported
        color_scheme=theme,
        locale="pt-BR",
        timezone_id="Asia/Tokyo",
        reduced_motion="reduce",
    )
    return context.new_page()


@pytest.fixture
def console(browser: Browser, scene: Scene) -> Iterator[ConsolePage]:
    """A tab at the sign-in; whatever the test did, the page must have reported no error."""
    console = ConsolePage(tab(browser), scene.service)
    yield console
    console.page.context.close()
    assert console.errors == []


@pytest.fixture
def customer(console: ConsolePage) -> ConsolePage:
    """Signed in, on the page of the scene's customer."""
    console.start()
    console.open_customer()
    return console


def test_a_wrong_password_is_refused_and_what_was_typed_stays(console: ConsolePage) -> None:
    # given
    console.open()
    # when
    console.sign_in(password="not the password")
    # then
    expect(console.page.get_by_role("alert")).to_have_text("Usuário ou senha não conferem.")
    expect(console.page.get_by_label("Usuário")).to_have_value(console.service.login)
    assert console.page.context.cookies() == []


def test_signing_in_leads_to_the_search_and_out_again(console: ConsolePage) -> None:
    # given
    console.start()
    # when
    console.page.get_by_role("button", name="Sair").click()
    # then
    expect(console.page.get_by_role("heading", name="Entrar")).to_be_visible()
    console.page.reload()
    expect(console.page.get_by_role("heading", name="Entrar")).to_be_visible()


def test_a_customer_is_found_without_accents_and_opened_by_keyboard(console: ConsolePage) -> None:
    # given
    console.start()
    # when
    console.search.fill("joao goncalves magalhaes")
    first = console.page.get_by_role("link", name=NAME).first
    # then
    expect(first).to_contain_text("encontrado por nome")
    # when
    console.page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    console.page.keyboard.press("Enter")
    # then
    expect(console.page.get_by_role("heading", level=1, name=NAME)).to_be_visible()
    assert "goncalves" not in console.page.url.lower()


def test_a_customer_is_found_by_cpf_with_punctuation(console: ConsolePage) -> None:
    # given
    console.start()
    # when
    console.search.fill(CPF)
    # then
    found = console.page.get_by_role("link", name=NAME)
    expect(found).to_have_count(1)
    expect(found).to_contain_text("encontrado por CPF")
    expect(found).not_to_contain_text(CPF)
    assert "529" not in console.page.url


def test_one_query_paints_the_customer(customer: ConsolePage) -> None:
    # then: header
    head = customer.page.get_by_role("heading", level=1, name=NAME)
    expect(head).to_be_visible()
    page = customer.page
    expect(page.get_by_text("Platinum", exact=True).first).to_be_visible()
    expect(page.get_by_role("list", name="Consentimentos")).to_contain_text("revogado")
    assert CPF not in page.content()
    expect(page.get_by_text("ao vivo")).to_be_visible()
    # then: history, offers with reasons, documents
    expect(customer.entries).not_to_have_count(0)
    for name in (OFFERS[0], OFFERS[2]):
        expect(customer.offer(name)).to_contain_text("elegibilidade")
    expect(page.get_by_text("Por que não?")).to_be_visible()
    expect(customer.document(DOCUMENT_TITLE)).to_contain_text("SHA-256")
    # then: all of that from one query
    assert customer.operations["CustomerPage"] == 1
    assert set(customer.operations) <= {"CustomerSearch", "CustomerPage", "PresentOffers", "TimelinePage"}
    assert customer.operations["PresentOffers"] == 1


def test_text_from_outside_is_only_text(customer: ConsolePage) -> None:
    title = customer.page.get_by_role("heading", name=HOSTILE_TITLE)
    expect(title).to_be_visible()
    assert customer.page.title() == f"{NAME} · Customer 360"


def test_filtering_by_channel_changes_the_address_and_survives_a_reload(customer: ConsolePage) -> None:
    # given
    page = customer.page
    chip = page.get_by_role("group", name="Filtrar por canal").get_by_role(
        "button", name=re.compile("^E-mail")
    )
    # when
    chip.click()
    # then
    expect(page).to_have_url(re.compile(r"\?channels=EMAIL$"))
    expect(customer.entries.filter(has_not_text="E-mail")).to_have_count(0)
    expect(customer.entries).to_have_count(LETTERS + 1)  # and the document, which came by e-mail
    # when
    page.reload()
    # then
    expect(customer.entries).to_have_count(LETTERS + 1)
    expect(chip).to_have_attribute("aria-pressed", "true")


def test_text_is_searched_in_the_history_but_not_put_in_the_address(customer: ConsolePage) -> None:
    # when
    customer.page.get_by_label("Procurar no histórico").fill("Atendimento 117")
    # then
    expect(customer.entries.first).to_contain_text("Atendimento 117")
    assert "117" not in customer.page.url


def test_scrolling_reaches_the_beginning_of_the_history(customer: ConsolePage) -> None:
    # when
    end = customer.page.get_by_text("Começo do histórico")
    while not end.is_visible():
        customer.page.mouse.wheel(0, 4_000)
        customer.page.wait_for_function("() => !document.querySelector('.timeline[aria-busy=true]')")
    # then: every entry once
    ids = customer.entry_ids()
    assert len(ids) == len(set(ids))
    assert len(ids) >= ENTRIES
    expect(customer.entries.filter(has_text="Atendimento ")).to_have_count(CALLS)


def test_a_key_is_shown_only_with_a_reason(customer: ConsolePage) -> None:
    # given
    page = customer.page
    assert CPF not in page.content()
    # when
    page.get_by_role("button", name="Mostrar CPF").click()
    page.get_by_role("radio", name="Confirmar a identidade do cliente").check()
    page.get_by_role("button", name="Registrar e mostrar").click()
    # then
    digits = "".join(digit for digit in CPF if digit.isdigit())
    shown = page.get_by_role("list", name="Chaves de identidade").first
    expect(shown).to_contain_text(re.compile(r"\D*".join(digits)))


def test_an_offer_is_declined_with_its_reason(console: ConsolePage, scene: Scene) -> None:
    # given
    newcomer = Scene(scene.service)
    newcomer.lay_newcomer()
    customer = console
    customer.start()
    customer.open_customer(newcomer.name)
    for name in OFFERS:
        expect(customer.offer(name)).to_contain_text("elegibilidade")
    card = customer.offer(OFFERS[1])
    card.get_by_role("button", name="Recusou").click()
    confirm = card.get_by_role("button", name="Registrar recusa")
    expect(confirm).to_be_disabled()
    # when
    card.get_by_role("radio", name="Já tem parecido").check()
    confirm.click()
    # then: offers are computed again, and the history tells the answer
    expect(card).to_have_count(0)
    expect(customer.offer(OFFERS[0])).to_be_visible()
    expect(customer.offer(OFFERS[2])).to_be_visible()
    told = customer.entries.filter(has_text="recusada")
    expect(told.first).to_contain_text("Já tem parecido")
    # then: it says why it is no longer offered
    customer.page.get_by_text("Por que não?").click()
    expect(customer.page.get_by_role("group").filter(has_text="Por que não?")).to_contain_text(OFFERS[1])


def test_a_document_opens_beside_the_history(customer: ConsolePage) -> None:
    # given
    page = customer.page
    # when
    customer.document(DOCUMENT_TITLE).click()
    # then: the page as it was archived, with real text over it
    viewer = page.get_by_role("region", name=f"Documento: {DOCUMENT_TITLE}")
    expect(viewer.locator("canvas").first).to_be_visible()
    expect(viewer).to_contain_text(DOCUMENT_LINE)
    expect(viewer).to_contain_text(re.compile("[0-9a-f]{64}"))
    expect(customer.entries.first).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?document="))
    # when
    page.keyboard.press("Escape")
    # then
    expect(viewer).to_have_count(0)


def test_a_live_entry_appears_by_itself_at_the_top(customer: ConsolePage, scene: Scene) -> None:
    # given
    expect(customer.page.get_by_text("ao vivo")).to_be_visible()
    # when
    scene.send(scene.call("Chegou agora mesmo"))
    # then
    expect(customer.entries.filter(has_text="Chegou agora mesmo")).to_be_visible()


def test_a_live_entry_never_moves_what_is_being_read(customer: ConsolePage, scene: Scene) -> None:
    # given: the reader is further down
    page = customer.page
    expect(page.get_by_text("ao vivo")).to_be_visible()
    page.mouse.move(200, 500)
    page.mouse.wheel(0, 1_500)
    page.wait_for_function("() => window.scrollY > 1000")
    read = customer.entries.nth(12)
    before = read.bounding_box()
    # when
    scene.send(scene.call("Chegou durante a leitura"))
    more = page.get_by_role("button", name=re.compile("^Mostrar .+ nova"))
    expect(more).to_be_visible()
    # then
    assert read.bounding_box() == before
    expect(customer.entries.filter(has_text="Chegou durante a leitura")).to_have_count(0)
    # when
    more.click()
    # then
    expect(customer.entries.filter(has_text="Chegou durante a leitura")).to_be_visible()
    expect(more).to_have_count(0)


def test_without_a_stream_the_newest_page_is_asked_for_and_the_stream_resumes(
    console: ConsolePage, scene: Scene
) -> None:
    # given: something between the console and the service lets no stream through
    page = console.page
    page.context.route("**/graphql/stream", lambda route: route.abort())
    console.start()
    console.open_customer()
    expect(page.get_by_text("consultando a cada 5 s")).to_be_visible(timeout=20_000)
    # when
    scene.send(scene.call("Veio por consulta"))
    # then
    came = console.entries.filter(has_text="Veio por consulta")
    expect(came).to_have_count(1, timeout=20_000)
    # when
    page.context.unroute("**/graphql/stream")
    expect(page.get_by_text("ao vivo")).to_be_visible(timeout=20_000)
    scene.send(scene.call("Veio pelo fluxo"))
    # then: nothing missing, nothing twice
    expect(console.entries.filter(has_text="Veio pelo fluxo")).to_have_count(1)
    expect(came).to_have_count(1)


def test_a_note_survives_an_ended_session(customer: ConsolePage) -> None:
    # given
    page = customer.page
    note = page.get_by_label("Nota sobre o cliente")
    note.fill("Prefere ser chamado de João")
    address = page.url
    # when: the session ends behind the agent's back
    page.context.clear_cookies()
    note.press("Control+Enter")
    # then: the sign-in covers the page
    expect(page.get_by_text("Sua sessão terminou")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name=NAME)).to_be_hidden()
    # when
    console_signs_in_again(customer)
    # then: back at the same place, and the note has gone out once
    expect(page).to_have_url(address)
    expect(customer.entries.filter(has_text="Prefere ser chamado de João")).to_have_count(1)
    expect(note).to_have_value("")


def console_signs_in_again(console: ConsolePage) -> None:
    console.sign_in()
    expect(console.page.get_by_text("Sua sessão terminou")).to_have_count(0)


def test_the_language_is_switched_and_kept(console: ConsolePage) -> None:
    # given
    console.start()
    # when
    console.page.get_by_role("button", name="English").click()
    # then
    expect(console.page.get_by_role("heading", name="Find a customer")).to_be_visible()
    expect(console.page.locator("html")).to_have_attribute("lang", "en")
    console.page.reload()
    expect(console.page.get_by_role("heading", name="Find a customer")).to_be_visible()


def test_an_address_that_does_not_exist_says_so(console: ConsolePage) -> None:
    console.start()
    console.open("/nothing/here")
    expect(console.page.get_by_role("heading", name="Página não encontrada")).to_be_visible()
    console.open(f"/customers/{'0' * 32}")
    expect(console.page.get_by_text("Este cliente não existe")).to_be_visible()


def test_the_narrowest_screen_needs_no_sideways_scrolling(browser: Browser, scene: Scene) -> None:
    # given
    console = ConsolePage(tab(browser, NARROW), scene.service)
    console.start()
    console.open_customer()
    # then
    assert console.page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert console.violations() == []
    console.page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["pt", "en"])
def test_every_page_is_accessible_in_every_look(
    browser: Browser, scene: Scene, language: Literal["pt", "en"], theme: Theme
) -> None:
    """Also writes the screenshots of the documentation."""
    console = ConsolePage(tab(browser, theme=theme), scene.service)
    page = console.page
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def look(name: str) -> None:
        assert console.violations() == [], name
        page.screenshot(path=SCREENSHOTS / f"{name}-{language}-{theme}.png")

    # the sign-in
    console.open()
    expect(page.get_by_label("Usuário")).to_be_visible()
    if language == "en":
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    look("sign-in")
    # the search
    page.locator("input[name=login]").fill(scene.service.login)
    page.locator("input[name=password]").fill(scene.service.password)
    page.keyboard.press("Enter")
    console.search.fill(NAME)
    expect(page.get_by_role("link", name=NAME).first).to_be_visible()
    look("search")
    # the customer
    console.open_customer()
    expect(page.locator(".live-live")).to_be_visible()
    look("customer")
    # a document beside the history
    console.document(DOCUMENT_TITLE).click()
    expect(page.locator("canvas").first).to_be_visible()
    look("document")
    page.keyboard.press("Escape")
    # the dialogs
    page.get_by_role("button", name=re.compile("Dados do cliente|Customer details")).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look("details")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("(Mostrar|Show) CPF")).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look("reveal")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert console.errors == []
    page.context.close()
