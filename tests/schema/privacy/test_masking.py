from __future__ import annotations

import json

from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, Desk

CPF, OTHER_CPF, PHONE, EMAIL = "52998224725", "111.444.777-35", "41999887766", "ana.souza@exemplo.com.br"
EVERYTHING = """
query($id: ID!) {
  customer(id: $id) {
    keys { type value masked }
    attributes { name value }
    merges { reason }
    offerHistory(first: 20) { nodes { name reason } }
    nextBestOffers { offers { reasons { textPt textEn measured } } excluded { reasons { textPt textEn measured } } }
    documents(first: 20) { nodes { title } }
    timeline(first: 50) { nodes {
      __typename title summary source
      ... on InteractionEntry { agent queue reason disposition }
      ... on OfferEntry { response responseReason }
      ... on MessageEntry { stateReason }
      ... on FactEntry { details { name value } }
    } }
  }
}"""


def secret_text(what: str) -> str:
    return f"{what}: CPF {OTHER_CPF}, fone (41) 99988-7766, {EMAIL}"


async def test_no_field_shows_a_whole_key_or_one_in_free_text(desk: Desk) -> None:
    # given keys in every place where somebody may have written them
    text = secret_text
    keys = [{"type": "phone", "value": PHONE}, {"type": "email", "value": EMAIL}]
    desk.given("profile.updated", {"name": "Ana", "attributes": {"obs": text("obs"), "n": 1}, "keys": keys})
    interaction = {"channel": "voice", "title": text("t"), "summary": text("s"), "reason": text("r")}
    desk.given("interaction.recorded", {**interaction, "disposition": "d " + OTHER_CPF})
    desk.given("note.added", {"text": text("nota")})
    desk.given("purchase.completed", {"product": "cartao", "order": OTHER_CPF, "title": text("compra")})
    desk.given("document.archived", {"title": text("doc")})
    desk.given("message.sent", {"messageId": "m1", "channel": "sms", "summary": text("sms")})
    desk.given("message.failed", {"messageId": "m1", "reason": text("falha")})
    desk.given("offer.declined", {"offer": "o", "channel": "voice", "reason": text("recusa")})
    rule = {"fact": "profile", "name": "obs", "op": "eq", "value": "x"}
    desk.given("offer.defined", {"offer": "o", "name": "O", "rules": [rule]}, subject=None)
    # when everything is read
    answer = await desk.ask(EVERYTHING, id=global_id(desk.services.ids, ANA))
    # then none of it is there, and what replaces it is
    shown = json.dumps(answer, ensure_ascii=False)
    for whole in (CPF, OTHER_CPF, "11144477735", "529.982.247-25", PHONE, "99988-7766", EMAIL, "ana.souza"):
        assert whole not in shown, whole
    assert {key["type"]: key["value"] for key in answer["customer"]["keys"]} == {
        "CPF": "***.982.247-**",
        "PHONE": "(41) *****-7766",
        "EMAIL": "a***@exemplo.com.br",
    }
    assert all(key["masked"] for key in answer["customer"]["keys"])
    assert shown.count("***.444.777-**") >= 12


async def test_an_account_number_is_no_personal_key(desk: Desk) -> None:
    desk.given("profile.updated", {"name": "Conta"}, subject="account:AB-123")
    answer = await desk.ask(EVERYTHING, id=global_id(desk.services.ids, "account:AB-123"))
    assert answer["customer"]["keys"] == [{"type": "ACCOUNT", "value": "AB-123", "masked": False}]
