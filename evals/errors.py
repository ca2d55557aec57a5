"""What can go wrong before anything is measured.

EvalsProblem
├── BadCases   a file of cases or of floors cannot be read; the message says which line, or what to run
└── NotSquad   a file cannot be read, or is not in SQuAD format
"""


class EvalsProblem(Exception):
    """Base of all errors of this package; its message says what is wrong with which file."""


class BadCases(EvalsProblem):
    """A file of cases or of floors cannot be read."""


class NotSquad(EvalsProblem):
    """The file cannot be read, or is not in SQuAD format."""
