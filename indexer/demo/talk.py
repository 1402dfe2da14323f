"""What the demo's customers and agents write: Portuguese titles and summaries per subject of a contact."""

from __future__ import annotations

# reason: (title, summaries, dispositions)
CONTACTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "fatura": (
        "Dúvida sobre a fatura",
        (
            "Cliente não reconhece a cobrança de serviços adicionais e pediu a segunda via do boleto.",
            "Explicado o valor proporcional do plano. Cliente satisfeita com a explicação.",
            "Reclamação de cobrança em duplicidade; aberta contestação do débito.",
        ),
        ("resolvido", "contestação aberta", "segunda via enviada"),
    ),
    "técnico": (
        "Problema técnico na conexão",
        (
            "Internet lenta à noite. Reiniciado o modem e agendada visita técnica.",
            "Sem sinal desde ontem na região; informado o prazo da manutenção.",
            "Queda de conexão durante ligações de vídeo, trocado o canal do roteador.",
        ),
        ("resolvido", "visita agendada", "manutenção na região"),
    ),
    "cartão": (
        "Cartão não recebido",
        (
            "Cliente aguarda o cartão há quinze dias; confirmado o endereço e pedida nova remessa.",
            "Cartão bloqueado por segurança após compras em outra cidade. Desbloqueado com verificação.",
        ),
        ("nova remessa", "desbloqueado"),
    ),
    "cancelamento": (
        "Pedido de cancelamento",
        (
            "Cliente quer cancelar por causa do preço. Oferecida negociação, ficou de pensar.",
            "Mudança de cidade sem cobertura; cancelamento aberto com protocolo.",
        ),
        ("retido", "cancelado", "em análise"),
    ),
    "cadastro": (
        "Atualização de cadastro",
        ("Alterados endereço e telefone de contato.", "Inclusão de dependente no plano familiar."),
        ("atualizado",),
    ),
    "negociação": (
        "Negociação de débitos",
        (
            "Acordo de parcelamento em seis vezes, primeira parcela para o dia dez.",
            "Proposta de desconto enviada por e-mail.",
        ),
        ("acordo fechado", "proposta enviada"),
    ),
    "elogio": ("Elogio ao atendimento", ("Cliente agradeceu a rapidez da solução.",), ("registrado",)),
}

MESSAGES = (
    ("Sua fatura chegou", "fatura-mensal"),
    ("Lembrete de vencimento", "cobranca-amigavel"),
    ("Novidades para você", "novidades"),
    ("Pesquisa de satisfação", "pesquisa"),
)

NOTES = (
    "Prefere contato à tarde, depois das 14h.",
    "Pediu para falar sempre com a mesma atendente.",
    "Está avaliando a concorrência; tratar com atenção.",
    "Cliente idosa, falar devagar e confirmar os dados.",
)

LIFE_EVENTS = (
    ("mudança", "Mudou de endereço"),
    ("casamento", "Casou-se"),
    ("filho", "Nascimento de um filho"),
    ("aposentadoria", "Aposentou-se"),
)

DECLINES = ("caro", "já tenho", "não é o momento", "não confio", "prefiro o concorrente")

# (code, name, value in R$, group, rules)
OFFERS: tuple[tuple[str, str, float, str, tuple[tuple[str, str, str, object], ...]], ...] = tuple(
    (code, name, value, group, rules)
    for code, name, value, group, rules in (
        ("fibra-300", "Fibra 300 Mega", 55.0, "internet", (("owns", "internet", "is_not", None),)),
        ("fibra-600", "Fibra 600 Mega", 90.0, "internet", (("owns", "internet", "is", None),)),
        ("fibra-1000", "Fibra 1 Giga", 140.0, "internet", (("segment", "ouro", "is", None),)),
        ("movel-20", "Móvel 20 GB", 35.0, "móvel", (("owns", "móvel", "is_not", None),)),
        ("movel-50", "Móvel 50 GB", 60.0, "móvel", ()),
        ("movel-familia", "Plano Família", 95.0, "móvel", (("profile", "dependentes", "ge", 1),)),
        ("tv-essencial", "TV Essencial", 40.0, "tv", (("owns", "tv", "is_not", None),)),
        ("tv-cinema", "TV Cinema", 65.0, "tv", (("owns", "tv", "is", None),)),
        ("tv-esportes", "TV Esportes", 70.0, "tv", ()),
        ("cartao-classico", "Cartão Clássico", 30.0, "cartão", (("owns", "cartão", "is_not", None),)),
        ("cartao-ouro", "Cartão Ouro", 80.0, "cartão", (("score", "crédito", "ge", 600),)),
        ("cartao-black", "Cartão Black", 180.0, "cartão", (("score", "crédito", "ge", 850),)),
        ("seguro-celular", "Seguro do Celular", 25.0, "seguro", ()),
        ("seguro-casa", "Seguro Residencial", 45.0, "seguro", ()),
        ("seguro-vida", "Seguro de Vida", 50.0, "seguro", (("profile", "ano_nascimento", "le", 1990),)),
        ("debito-automatico", "Débito Automático", 12.0, "serviço", ()),
        ("fatura-digital", "Fatura Digital", 8.0, "serviço", ()),
        ("app-premium", "Aplicativo Premium", 15.0, "serviço", ()),
        ("wifi-mesh", "Wi-Fi Mesh", 38.0, "internet", (("owns", "internet", "is", None),)),
        ("ip-fixo", "IP Fixo", 28.0, "internet", (("segment", "empreendedor", "is", None),)),
        ("link-empresa", "Link Empresarial", 250.0, "internet", (("segment", "empreendedor", "is", None),)),
        ("roaming", "Roaming Américas", 22.0, "móvel", (("segment", "viajante", "is", None),)),
        ("streaming", "Pacote Streaming", 33.0, "tv", ()),
        ("musica", "Música Sem Limites", 14.0, "serviço", (("segment", "jovem", "is", None),)),
        ("jogos", "Passe de Jogos", 29.0, "serviço", (("segment", "jovem", "is", None),)),
        ("saude-digital", "Saúde Digital", 42.0, "seguro", ()),
        (
            "parcelamento",
            "Parcelamento Sem Juros",
            20.0,
            "negociação",
            (("segment", "inadimplente", "is", None),),
        ),
        (
            "desconto-fidelidade",
            "Desconto Fidelidade",
            18.0,
            "retenção",
            (("score", "cancelamento", "ge", 0.6),),
        ),
        ("upgrade-aparelho", "Troca de Aparelho", 110.0, "móvel", ()),
        ("assistencia", "Assistência Residencial", 27.0, "serviço", ()),
    )
)
