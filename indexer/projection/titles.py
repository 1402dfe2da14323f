"""The line an event gets on the timeline when its sender gave it none; Portuguese, as its readers are."""

from __future__ import annotations

from collections.abc import Mapping

CHANNELS: Mapping[str, str] = {
    "voice": "telefone",
    "ivr": "URA",
    "chat": "chat",
    "email": "e-mail",
    "sms": "SMS",
    "mms": "MMS",
    "whatsapp": "WhatsApp",
    "web": "site",
    "mobile_app": "aplicativo",
    "branch": "agência",
    "social": "rede social",
    "print": "correspondência",
    "qr": "QR code",
    "system": "sistema",
}

TITLES: Mapping[str, str] = {
    "interaction.recorded": "Contato por {channel}",
    "offer.presented": "Oferta apresentada: {offer}",
    "offer.accepted": "Oferta aceita: {offer}",
    "offer.declined": "Oferta recusada: {offer}",
    "offer.deferred": "Oferta adiada: {offer}",
    "offer.converted": "Oferta contratada: {offer}",
    "life_event.observed": "Evento de vida: {kind}",
    "consent.granted": "Consentimento concedido: {purpose}",
    "consent.revoked": "Consentimento revogado: {purpose}",
    "purchase.completed": "Compra: {product}",
    "payment.received": "Pagamento recebido",
    "account.queried": "Consulta: {what}",
    "message.sent": "Mensagem por {channel}",
    "message.bounced": "Mensagem devolvida pelo provedor",
    "message.failed": "Mensagem não enviada",
    "message.returned": "Correspondência devolvida",
    "message.complained": "Mensagem marcada como indesejada",
    "message.unsubscribed": "Cancelou o recebimento de mensagens",
    "link.visited": "Visita pelo link",
    "note.added": "Anotação",
}


def title_of(name: str, channel: str, fields: Mapping[str, object]) -> str:
    """Empty for an event type that makes no line of its own."""
    return TITLES.get(name, "").format_map({**fields, "channel": CHANNELS[channel]})
