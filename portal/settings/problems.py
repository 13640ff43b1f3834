"""What is wrong with the settings: collected, and said all at once."""


class SettingsError(Exception):
    """Everything that is wrong with the settings, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Problems:
    """Collects what is wrong, and of which settings."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.settings: set[str] = set()

    def add(self, setting: str, sentence: str) -> None:
        """`setting` is the one that the sentence asks to change."""
        self.sentences.append(sentence)
        self.settings.add(setting)

    def __bool__(self) -> bool:
        return bool(self.sentences)
