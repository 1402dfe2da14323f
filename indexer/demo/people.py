"""Invented customers: names, documents with valid check digits, phones, e-mails, cities. Nobody real is meant."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

FIRST = [
    "Ana",
    "Maria",
    "João",
    "José",
    "Antônio",
    "Francisco",
    "Carlos",
    "Paulo",
    "Pedro",
    "Lucas",
    "Luiz",
    "Marcos",
    "Luís",
    "Gabriel",
    "Rafael",
    "Daniel",
    "Marcelo",
    "Bruno",
    "Eduardo",
    "Felipe",
    "Rodrigo",
    "Manoel",
    "Mateus",
    "André",
    "Fernando",
    "Fábio",
    "Leonardo",
    "Gustavo",
    "Guilherme",
    "Tiago",
    "Adriana",
    "Juliana",
    "Márcia",
    "Fernanda",
    "Patrícia",
    "Aline",
    "Sandra",
    "Camila",
    "Amanda",
    "Bruna",
    "Jéssica",
    "Letícia",
    "Júlia",
    "Luciana",
    "Vanessa",
    "Mariana",
    "Gabriela",
    "Vera",
    "Vitória",
    "Larissa",
    "Cláudia",
    "Beatriz",
    "Rita",
    "Sônia",
    "Renata",
    "Eliane",
    "Débora",
    "Simone",
    "Caíque",
    "Iara",
    "Ubirajara",
    "Jandira",
    "Moacir",
    "Thaís",
]
LAST = [
    "Silva",
    "Santos",
    "Oliveira",
    "Souza",
    "Rodrigues",
    "Ferreira",
    "Alves",
    "Pereira",
    "Lima",
    "Gomes",
    "Costa",
    "Ribeiro",
    "Martins",
    "Carvalho",
    "Almeida",
    "Lopes",
    "Soares",
    "Fernandes",
    "Vieira",
    "Barbosa",
    "Rocha",
    "Dias",
    "Nascimento",
    "Andrade",
    "Moreira",
    "Nunes",
    "Marques",
    "Machado",
    "Mendes",
    "Freitas",
    "Cardoso",
    "Ramos",
    "Gonçalves",
    "Santana",
    "Teixeira",
    "Araújo",
    "Cavalcanti",
    "Monteiro",
    "Moura",
    "Correia",
    "Batista",
    "Campos",
    "Pinto",
    "Farias",
    "Azevedo",
    "Peixoto",
    "Magalhães",
    "Brandão",
    "Assunção",
    "Conceição",
    "Guimarães",
    "Sampaio",
    "Tavares",
    "Xavier",
    "Siqueira",
    "Pacheco",
    "Leitão",
]
CITIES = (
    ("São Paulo", "SP", 11), ("Campinas", "SP", 19), ("Rio de Janeiro", "RJ", 21), ("Niterói", "RJ", 21),
    ("Belo Horizonte", "MG", 31), ("Uberlândia", "MG", 34), ("Salvador", "BA", 71), ("Recife", "PE", 81),
    ("Fortaleza", "CE", 85), ("Belém", "PA", 91), ("Manaus", "AM", 92), ("Brasília", "DF", 61),
    ("Goiânia", "GO", 62), ("Curitiba", "PR", 41), ("Londrina", "PR", 43), ("Florianópolis", "SC", 48),
    ("Porto Alegre", "RS", 51), ("Vitória", "ES", 27), ("Natal", "RN", 84), ("São Luís", "MA", 98),
)  # fmt: skip
JOBS = (
    "professora",
    "engenheiro",
    "autônomo",
    "comerciante",
    "enfermeira",
    "motorista",
    "aposentado",
    "estudante",
)


@dataclass(frozen=True, slots=True)
class Person:
    """`keys` are CloudEvents subjects; the CPF is the first."""

    name: str
    cpf: str
    phone: str
    email: str
    account: str
    city: str
    state: str
    birth_year: int
    job: str

    @property
    def subject(self) -> str:
        return f"cpf:{self.cpf}"


def people(random: Random, count: int) -> list[Person]:
    """`count` people; some share a name, none a document, a few families share a phone."""
    made: list[Person] = []
    for number in range(count):
        name = " ".join([random.choice(FIRST), *random.sample(LAST, random.choice((1, 2, 2, 3)))])
        city, state, area = random.choice(CITIES)
        shared = made and random.random() < 0.01
        phone = made[-1].phone if shared else f"+55{area}9{random.randint(60_000_000, 99_999_999)}"
        made.append(
            Person(
                name=name,
                cpf=cpf(random.randint(0, 999_999_999)),
                phone=phone,
                email=f"{_plain(name)}{number}@exemplo.com.br",
                account=f"{100_000 + number}-{number % 10}",
                city=city,
                state=state,
                birth_year=random.randint(1945, 2006),
                job=random.choice(JOBS),
            )
        )
    return made


def cpf(number: int) -> str:
    """Nine digits and their two check digits (Receita Federal: weights 10..2 and 11..2, modulo 11)."""
    digits = [int(digit) for digit in f"{number:09d}"]
    for _ in range(2):
        total = sum(
            weight * digit for weight, digit in zip(range(len(digits) + 1, 1, -1), digits, strict=True)
        )
        digits.append(0 if total % 11 < 2 else 11 - total % 11)
    return "".join(map(str, digits))


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return folded.replace(" ", ".")
