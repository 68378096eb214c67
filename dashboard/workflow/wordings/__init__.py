"""How people ask for a person, one module per language; `dashboard.workflow.rules` reads them."""

from dashboard.workflow.wordings.base import Wording
from dashboard.workflow.wordings.de import GERMAN
from dashboard.workflow.wordings.en import ENGLISH
from dashboard.workflow.wordings.es import SPANISH
from dashboard.workflow.wordings.fr import FRENCH
from dashboard.workflow.wordings.it import ITALIAN
from dashboard.workflow.wordings.pt import PORTUGUESE

__all__ = ["WORDINGS", "Wording"]

WORDINGS: tuple[Wording, ...] = (ENGLISH, SPANISH, GERMAN, FRENCH, PORTUGUESE, ITALIAN)
"""All of them are always tried, because short texts are easily taken for another language."""
