"""What is refused, in English: the label's pages speak it too."""

from django.template.loader import render_to_string


def problem_in_english(code: str) -> str:
    """The sentence for an error's code."""
    return render_to_string("pickup_desk/parts/problem_en.txt", {"code": code}).strip()
