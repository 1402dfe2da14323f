"""Events as a telephone system would send them: many customers, one shape, ids never used before."""

from __future__ import annotations

import itertools
import random
import secrets

SOURCE = "bench"
_RUN = secrets.token_hex(4)  # ids of another run on the same database must not look like duplicates
_numbers = itertools.count(1)

_EVENT = (
    '{"specversion":"1.0","id":"%s-%d","source":"bench","type":"c360.interaction.recorded.v1",'
    '"subject":"cpf:%s","time":"2026-%02d-%02dT%02d:%02d:%02d-03:00","data":{"channel":"%s",'
    '"direction":"inbound","title":"%s","summary":"Cliente pediu a segunda via da fatura de %d reais e '
    'foi atendido pela central; retorno combinado para o dia seguinte.","agent":"a17","queue":"cobranca",'
    '"reason":"segunda via","disposition":"resolvido"}}'
)
_CHANNELS = ("voice", "chat", "email", "whatsapp", "web")
_TITLES = ("Segunda via de fatura", "Reclamação de cobrança", "Pedido de informação", "Troca de plano")


def cpf(number: int) -> str:
    """The CPF with the nine leading digits of `number`, check digits included (Receita Federal, modulo 11)."""
    digits = [int(digit) for digit in f"{number:09d}"]
    for _ in range(2):
        total = sum(
            digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True)
        )
        digits.append(0 if total % 11 < 2 else 11 - total % 11)
    return "".join(map(str, digits))


CUSTOMERS = [cpf(100_000_000 + 37 * number) for number in range(2_000)]


def event(customer: str | None = None) -> tuple[str, bytes]:
    """(id, JSON) of a new event of about 430 bytes, of any of 2,000 customers or the given CPF."""
    number = next(_numbers)
    rng = random.Random(number)  # noqa: S311 - the same traffic each time, nothing secret
    subject = customer or CUSTOMERS[rng.randrange(len(CUSTOMERS))]
    text = _EVENT % (
        _RUN,
        number,
        subject,
        rng.randrange(1, 11),
        rng.randrange(1, 29),
        rng.randrange(24),
        rng.randrange(60),
        rng.randrange(60),
        rng.choice(_CHANNELS),
        rng.choice(_TITLES),
        rng.randrange(1_000),
    )
    return f"{_RUN}-{number}", text.encode()


def batch(size: int, customer: str | None = None) -> bytes:
    """The body of a batch request."""
    return b"[" + b",".join(event(customer)[1] for _ in range(size)) + b"]"
