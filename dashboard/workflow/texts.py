"""Texts in several languages, the variables inside them, and what is said when a tree says nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\|([^{}]*))?\}\}")


@dataclass(frozen=True)
class Localised:
    """One text per language."""

    texts: Mapping[str, str] = field(default_factory=dict)
    default_language: str = "en"
    is_built_in: bool = False

    def __bool__(self) -> bool:
        return bool(self.texts)

    def in_language(self, language: str | None) -> str:
        """The text in that language, else in its base language ("pt" for "pt-BR"), else in the default one."""
        for each in candidates(language, self.default_language):
            if each in self.texts:
                return self.texts[each]
        return ""


def localised_json(**fields: Localised) -> dict[str, Any]:
    """These fields as in the tree's JSON: what is built in stays out, so that later releases may say it better."""
    own = {name: each for name, each in fields.items() if each and not each.is_built_in}
    languages = [each.default_language for each in own.values()]
    default = {"default_language": languages[0]} if languages else {}
    return {**default, **{name: dict(each.texts) for name, each in own.items()}}


def candidates(language: str | None, default_language: str) -> tuple[str, ...]:
    """The languages to look for, best first."""
    return (*((language, language.split("-")[0]) if language else ()), default_language)


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Replace `{{name}}` and `{{name|what to say without it}}`; values are never expanded again."""
    return _VARIABLE.sub(lambda found: values.get(found[1], "").strip() or (found[2] or "").strip(), text)


NOTHING = Localised()
APOLOGY = Localised(
    {
        "en": "Sorry, I cannot help with that. Could you put it differently, or ask me for a person?",
        "es": "Lo siento, no puedo ayudar con eso. ¿Puede decirlo de otra forma, o pedirme hablar con una persona?",
        "de": "Das kann ich leider nicht beantworten. Können Sie es anders sagen oder nach einem Menschen fragen?",
        "fr": "Désolé, je ne peux pas vous aider. Pouvez-vous le dire autrement, ou demander une personne ?",
        "pt": "Desculpe, não posso ajudar com isso. Pode dizer de outra forma, ou pedir para falar com uma pessoa?",
        "it": "Mi dispiace, non posso aiutare con questo. Può dirlo in altro modo, o chiedere di una persona?",
    },
    is_built_in=True,
)
HANDOFF = Localised(
    {
        "en": "I am passing you on to a colleague.",
        "es": "Le paso con un compañero del equipo.",
        "de": "Ich gebe Sie an eine Kollegin oder einen Kollegen weiter.",
        "fr": "Je vous passe un collègue.",
        "pt": "Vou passar a conversa a um colega.",
        "it": "La passo a un collega.",
    },
    is_built_in=True,
)
UNAVAILABLE = Localised(
    {
        "en": "Nobody is available right now. I will go on helping you as well as I can.",
        "es": "Ahora mismo no hay nadie disponible. Seguiré ayudándole lo mejor que pueda.",
        "de": "Im Moment ist niemand erreichbar. Ich helfe Ihnen weiter, so gut ich kann.",
        "fr": "Personne n'est disponible pour le moment. Je continue à vous aider de mon mieux.",
        "pt": "Neste momento ninguém está disponível. Continuo a ajudar o melhor que puder.",
        "it": "Al momento nessuno è disponibile. Continuo ad aiutarla come posso.",
    },
    is_built_in=True,
)
TICKET_OPENED = Localised(
    {
        "en": "I have opened a ticket for you. My colleagues will get back to you.",
        "es": "He abierto un ticket para usted. Mis compañeros se pondrán en contacto con usted.",
        "de": "Ich habe ein Ticket für Sie eröffnet. Meine Kolleginnen und Kollegen melden sich bei Ihnen.",
        "fr": "J'ai ouvert un ticket pour vous. Mes collègues reviendront vers vous.",
        "pt": "Abri um ticket para si. Os meus colegas entrarão em contacto consigo.",
        "it": "Ho aperto un ticket per lei. I miei colleghi la ricontatteranno.",
    },
    is_built_in=True,
)
RATING_QUESTION = Localised(
    {
        "en": "How was your conversation? Please rate it from 1 to 5.",
        "es": "¿Qué le ha parecido la conversación? Valórela del 1 al 5.",
        "de": "Wie war Ihr Gespräch? Bitte bewerten Sie es von 1 bis 5.",
        "fr": "Comment s'est passée votre conversation ? Notez-la de 1 à 5.",
        "pt": "Como foi a sua conversa? Avalie de 1 a 5.",
        "it": "Com'è andata la conversazione? La valuti da 1 a 5.",
    },
    is_built_in=True,
)
THANKS = Localised(
    {
        "en": "Thank you for your feedback.",
        "es": "Gracias por su valoración.",
        "de": "Vielen Dank für Ihre Bewertung.",
        "fr": "Merci pour votre avis.",
        "pt": "Obrigado pela sua avaliação.",
        "it": "Grazie per la sua valutazione.",
    },
    is_built_in=True,
)
