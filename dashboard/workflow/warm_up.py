"""Does beforehand what would make the first message of a process wait for half a second."""

from dashboard.workflow.language import detect
from dashboard.workflow.rules import asks_for_person


def warm_up() -> None:
    """Load the language model and compile the wordings; call it once, when the process starts."""
    detect("Where is my order?", ("en",))
    asks_for_person("Where is my order?")
