"""What can go wrong between documents and hits. Every message ends with the command that repairs it.

IndexProblem
├── IndexMissing      nothing has been published yet, or it was deleted
├── IndexDamaged      what was published is incomplete or unreadable
├── IndexMismatch     it was built with another model or other chunking than the settings ask for
├── IndexBusy         another build is running
└── ModelUnavailable  the embedding model, or the library that runs it, is not there
"""

BUILD = "python -m index build"
"""The command that repairs all of them; part of the messages."""


class IndexProblem(Exception):
    """Base of all errors of this package; its message says what to do."""


class IndexMissing(IndexProblem):
    """Nothing has been published yet."""


class IndexDamaged(IndexProblem):
    """What was published is incomplete or unreadable."""


class IndexMismatch(IndexProblem):
    """The index was built with another model or other chunking than asked for."""


class IndexBusy(IndexProblem):
    """Another build is running."""


class ModelUnavailable(IndexProblem):
    """The embedding model, or the library that runs it, is not there."""
