"""Tells a count whose words do not go with it: `1 targets`."""

import re

from clearline.host.texts import Language

# What ends like a plural and is none.
_NO_PLURAL = {
    "en": {"answers", "becomes", "fails", "its", "needs", "this", "was"},
    "fr": {"après", "dans", "des", "fois", "hors", "les", "limites", "plus", "sans", "succès", "vers"},
}
# Not a unit as in `1 checks/s`.
_BEHIND_ONE = re.compile(r"(?<![\w.,“«])1[ \u00a0]([a-zà-ÿ]{3,})(?!/)\b(?: ([a-zà-ÿ]{3,})\b)?")


def counts_wrongly(said: str, language: Language) -> bool:
    """Does one of the two words behind a one look like a plural?"""
    behind = (word for words in _BEHIND_ONE.findall(said) for word in words)
    return any(word[-1:] in ("s", "x") and word not in _NO_PLURAL[language] for word in behind)
