"""A browser in a few words, from what it says of itself. It may lie; whoever knows their browsers sees what is odd."""

_NAMES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
"""The first that is named: most browsers also name those that they want to be taken for."""
LONGEST = 40


def in_words(agent: str) -> str:
    """Such as "Firefox on Windows"; the start of what it said where it is none of these; empty for nothing."""
    name, system = _first(_NAMES, agent), _first(_SYSTEMS, agent)
    if name and system:
        return f"{name} on {system}"
    return agent[:LONGEST]


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((words for sign, words in table if sign in agent), "")
