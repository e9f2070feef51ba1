"""How an answer is reached, judged, and how the judgement is told.

Authors of lessons import everything they need from here.
"""

from .app import App, Exchange
from .contract import Contract, ContractRow
from .data import random_choice, random_number, random_word, random_words, shuffled
from .exercise import Exercise, exercise
from .factory import Factory
from .function import Function, Result, Value, describe
from .plain import ErrorOf, ResponseOf, Thing, ViewOf, same, same_json
from .question import Question
from .recorder import claim, part
from .scripted import Scripted, ScriptedServer, Seen, closed_url, wait_until

__all__ = [
    "App",
    "Contract",
    "ContractRow",
    "ErrorOf",
    "Exchange",
    "Exercise",
    "Factory",
    "Function",
    "Question",
    "ResponseOf",
    "Result",
    "Scripted",
    "ScriptedServer",
    "Seen",
    "Thing",
    "Value",
    "ViewOf",
    "claim",
    "closed_url",
    "describe",
    "exercise",
    "part",
    "random_choice",
    "random_number",
    "random_word",
    "random_words",
    "same",
    "same_json",
    "shuffled",
    "wait_until",
]
