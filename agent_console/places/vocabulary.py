"""Closed lists of words, written as people read them."""


def vocabulary(text: str) -> tuple[str, ...]:
    """The words of ``text``, in order."""
    return tuple(text.split())
