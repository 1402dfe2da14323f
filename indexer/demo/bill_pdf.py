"""The PDF of a demo bill, drawn by reportlab; the same bill gives the same bytes."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from indexer.demo.story import Bill

COMPANY = "Companhia Exemplo de Telecomunicações"


def draw(bill: Bill) -> bytes:
    """Two pages: the bill itself, and the terms."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True, pageCompression=1)
    canvas.setTitle(f"Fatura {bill.number}")
    _first_page(canvas, bill)
    canvas.showPage()
    _terms(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _first_page(canvas: Canvas, bill: Bill) -> None:
    width, height = A4
    canvas.setFillColorRGB(0.09, 0.27, 0.45)
    canvas.rect(0, height - 30 * mm, width, 30 * mm, stroke=0, fill=1)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.setFont("Helvetica-Bold", 15)
    canvas.drawString(20 * mm, height - 18 * mm, COMPANY)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.setFont("Helvetica", 11)
    lines = [
        f"Fatura nº {bill.number}",
        f"Cliente: {bill.person.name}",
        f"Conta: {bill.person.account}",
        f"{bill.person.city} - {bill.person.state}",
        f"Referência: {bill.at:%m/%Y}    Vencimento: {bill.at:%d/%m/%Y}",
    ]
    for number, line in enumerate(lines):
        canvas.drawString(20 * mm, height - (45 + 7 * number) * mm, line)
    y = height - 95 * mm
    for name, price in bill.items:
        canvas.drawString(20 * mm, y, name)
        canvas.drawRightString(width - 20 * mm, y, _money(price))
        y -= 8 * mm
    canvas.setFont("Helvetica-Bold", 13)
    canvas.drawString(20 * mm, y - 6 * mm, "Total a pagar")
    canvas.drawRightString(width - 20 * mm, y - 6 * mm, _money(bill.amount))


def _terms(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 10)
    text = canvas.beginText(20 * mm, A4[1] - 30 * mm)
    for line in (
        "Condições gerais da prestação de serviços",
        "",
        "Em caso de dúvidas ou reclamações sobre esta cobrança, procure o nosso atendimento.",
        "O atraso no pagamento acarreta multa de 2% e juros de 1% ao mês.",
        "A contestação de débitos pode ser feita em até noventa dias após o vencimento.",
        "Esta é uma fatura de demonstração: nenhuma pessoa ou empresa existe.",
    ):
        text.textLine(line)
    canvas.drawText(text)


def _money(amount: float) -> str:
    return "R$ " + f"{amount:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
