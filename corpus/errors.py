"""What can go wrong between a file and a `Document`.

CorpusError
├── SourceUnreadable     the bytes cannot be had or are no text: missing, binary, too large, wrong encoding
├── NotUnderstood        the text was read, but is no article or source list as described in docs/design.md
└── BrokenSlice          a place points at other text than it claims; always a defect in a parser
"""


class CorpusError(Exception):
    """Base of all errors of this package; its message says what to do."""


class SourceUnreadable(CorpusError):
    """The bytes cannot be had, or are no text."""


class NotUnderstood(CorpusError):
    """The text was read, but does not have the expected shape."""


class BrokenSlice(CorpusError):
    """A place points at other text than it claims."""
