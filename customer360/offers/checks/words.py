"""How instants and values read inside the reason of an offer: the same words for every check."""

from __future__ import annotations

from customer360 import clock
from customer360.offers.model import Context

CHANNELS_PT = {
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
    "print": "correio",
    "qr": "QR code",
}
CHANNELS_EN = {
    **CHANNELS_PT,
    "voice": "phone",
    "ivr": "IVR",
    "web": "website",
    "mobile_app": "mobile app",
    "branch": "branch",
    "social": "social media",
    "print": "print mail",
}


def channel_pt(channel: str) -> str:
    return CHANNELS_PT.get(channel, channel)


def channel_en(channel: str) -> str:
    return CHANNELS_EN.get(channel, channel)


def day_pt(instant: int, context: Context) -> str:
    """Day, month and year where the company is; the exact instant travels beside it in `until` or `measured`."""
    return clock.to_datetime(instant).astimezone(context.zone).strftime("%d/%m/%Y")


def day_en(instant: int, context: Context) -> str:
    return clock.to_datetime(instant).astimezone(context.zone).strftime("%Y-%m-%d")


def shown(value: object) -> str:
    """A fact or limit as text, the same in both languages."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(map(shown, value))
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)


def number_pt(value: float) -> str:
    """With the comma that Portuguese readers expect."""
    return shown(value).replace(".", ",")
