"""Seeded Brazilian names, and how people mistype them."""

from __future__ import annotations

import random
import string
import unicodedata

_GIVEN = """Adriana Aline Amanda Ana Anderson André Antônio Beatriz Bruna Bruno Caio Camila Carlos Cecília César Cláudia
Cláudio Cristiane Daniel Débora Diego Douglas Eduardo Elaine Eliane Fábio Felipe Fernanda Flávia Francisco Gabriel
Gustavo Helena Heloísa Ígor Inês Isabela Jéssica João Jorge José Joaquim Júlia Juliana Larissa Letícia Luís Luíza
Márcia Marcelo Marcos Mariana Mário Mônica Natália Otávio Patrícia Paulo Pedro Rafael Raquel Regina Renato Ricardo
Rodrigo Rogério Rosângela Sandra Sebastião Sérgio Simone Sônia Tânia Tatiane Thiago Valéria Vanessa Verônica Vinícius
Vítor Viviane Wagner Wellington Yasmin"""
_FAMILY = """Almeida Alves Andrade Antunes Araújo Assunção Azevedo Barbosa Barros Batista Borges Brandão Brito Caldeira
Camargo Campos Cardoso Carvalho Castro Conceição Corrêa Costa Cunha Damasceno Dias Duarte Esteves Farias Fernandes
Ferreira Figueiredo Fonseca Freitas Galvão Garcia Gomes Gonçalves Guimarães Leitão Lima Lopes Macêdo Machado Magalhães
Marques Martins Medeiros Melo Mendes Monteiro Moraes Moreira Moura Nascimento Neves Nogueira Nunes Oliveira Pacheco
Peixoto Pereira Pinheiro Pires Queiroz Ramos Rezende Ribeiro Rocha Rodrigues Sá Salomão Santana Santos Silva Siqueira
Soares Souza Tavares Teixeira Torres Valença Vasconcelos Vieira Xavier"""
_PARTICLES = ["", "", "", "de", "da", "dos"]


def names(rng: random.Random, count: int) -> list[str]:
    """That many different ones, of two to four words."""
    found: dict[str, None] = {}
    while len(found) < count:
        given = rng.sample(_GIVEN.split(), rng.choice([1, 1, 2]))
        family = rng.sample(_FAMILY.split(), rng.choice([1, 2, 2]))
        words = [*given, *family[:-1], rng.choice(_PARTICLES), family[-1]]
        found[" ".join(word for word in words if word)] = None
    return list(found)


def mistyped(rng: random.Random, name: str) -> str:
    """In lower case without accents, with one letter of one longer word changed, lost, added or swapped."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = plain.split()
    which = rng.choice([place for place, word in enumerate(words) if len(word) > 3])
    words[which] = _typo(rng, words[which])
    return " ".join(words)


def _typo(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word) - 1)
    letter = rng.choice(string.ascii_lowercase)
    return rng.choice(
        [
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
