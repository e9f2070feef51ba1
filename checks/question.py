"""A question whose answer the learner commits to before the next cell shows the truth."""

from __future__ import annotations

from typing import Any

from .faces import Note
from .progress import progress


class Question:
    """Predict, commit, run, compare.

    Call it with a prediction to commit to it; :meth:`compare` sets it beside what was measured. A wrong prediction
    costs nothing: what you believed, and what you saw instead, is how you remember it.
    """

    def __init__(self, text: str, *, choices: tuple[Any, ...], answer: Any, because: str) -> None:
        if answer not in choices:
            raise ValueError(f"the answer {answer!r} is not among the choices")
        self.text = text
        self.choices = choices
        self.answer = answer
        self.because = because
        self.__doc__ = text
        # Set by the lesson.
        self.id = ""

    def __call__(self, prediction: Any) -> Note:
        """Commit to a prediction. The first one is the one that is kept."""
        title = f"Prediction: {self.text}"
        if prediction is ...:
            return Note(title, [f"No prediction yet. Replace ... by one of: {self._choices()}. Then run the cell."])
        choice = self._choice(prediction)
        if choice is None:
            return Note(title, [f"{prediction!r} is not among the choices. Take one of: {self._choices()}."])
        committed = self.committed
        if committed is None:
            progress().record(self.id, "predicted", choice=choice)
            return Note(title, [f"You said {choice!r}. Run the next cell and compare."])
        if committed == choice:
            return Note(title, [f"You said {choice!r}. Run the next cell and compare."])
        return Note(title, [f"You said {committed!r} first, and that is kept. Now you say {choice!r}."])

    def is_right(self, prediction: Any) -> bool:
        """Tell whether a prediction is the answer."""
        return self._choice(prediction) == self.answer

    def compare(self, measured: Any) -> Note:
        """Set the prediction beside what was measured."""
        if self._choice(measured) != self.answer:
            return Note(
                f"Question {self.id}",
                [f"This question is broken: measured {measured!r}, meant {self.answer!r}. Please report it."],
            )
        committed = self.committed
        if committed is None:
            verdict = "You made no prediction."
        elif committed == self.answer:
            verdict = f"You said {committed!r}: so it is."
        else:
            verdict = f"You said {committed!r}. It is {self.answer!r}."
        return Note(f"Compare: {self.text}", [f"Measured: {self.answer!r}. {verdict}", self.because])

    @property
    def committed(self) -> Any:
        """Return the prediction that is kept; None when there is none."""
        events = progress().of(self.id, "predicted")
        return events[0].get("choice") if events else None

    def _choice(self, prediction: Any) -> Any:
        """Return the choice that is meant: upper and lower case and True for yes do not matter."""
        if isinstance(prediction, bool) and "yes" in self.choices:
            prediction = "yes" if prediction else "no"
        for choice in self.choices:
            if str(choice).casefold() == str(prediction).strip().casefold():
                return choice
        return None

    def _choices(self) -> str:
        return ", ".join(map(repr, self.choices))

    def __repr__(self) -> str:
        return f"<question {self.id}: {self.text}>"
