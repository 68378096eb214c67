"""The one error of this package: a tree that cannot be used, with the place of the mistake."""


class TreeError(ValueError):
    """A mistake in a workflow tree. `key` names the trigger or action, `field` what is wrong there."""

    def __init__(self, key: str, field: str, problem: str) -> None:
        super().__init__(f"{key}: {field}: {problem}" if field else f"{key}: {problem}")
        self.key = key
        self.field = field
        self.problem = problem
