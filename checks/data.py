"""Varied data for checks, so that nothing can be hard-coded.

In a notebook the data of an exercise is the same in every run, so that a report is; a grader uses another seed.
"""

from __future__ import annotations

from typing import TypeVar

from .recorder import current

T = TypeVar("T")


def random_word() -> str:
    """Return a word of eight small letters."""
    pick = current().random.choice
    return "".join(pick("bdfgklmnprstv") + pick("aeiou") for _ in range(4))


def random_words(count: int) -> list[str]:
    """Return ``count`` different words of eight small letters."""
    words: list[str] = []
    while len(words) < count:
        word = random_word()
        if word not in words:
            words.append(word)
    return words


def random_number(low: int, high: int) -> int:
    """Return a number from ``low`` to ``high``, both included."""
    return current().random.randint(low, high)


def random_choice(items: list[T]) -> T:
    """Return one of the items."""
    return current().random.choice(items)


def shuffled(items: list[T]) -> list[T]:
    """Return the items in another order."""
    return current().random.sample(items, len(items))
