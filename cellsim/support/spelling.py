"""Remedies for misspelt words."""
import difflib
from itertools import islice


def near(word, words) -> str:
    """Remedy for a misspelt word."""
    words = [str(known)[:80] for known in islice(words, 300)]
    close = difflib.get_close_matches(str(word)[:80], words, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(map(repr, close))}?"
    return f"known: {', '.join(words[:60])}{', ...' * (len(words) > 60)}"
