"""What a published index says of itself."""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from index.chunk import Chunking, fingerprint
from index.encode import BUNDLED, model_name
from index.errors import BUILD, IndexDamaged, IndexMismatch

# Raise it when the files of a snapshot, or what is embedded, change their meaning.
FORMAT = 6
NAME = "manifest.json"


# What is read from these goes into a snapshot: terms of the texts, and questions about other subjects.
_WORDS = ("stopwords.toml", "synonyms.toml", "subjects.toml")


@cache
def vocabulary() -> str:
    """A digest of the word lists that a snapshot is made with."""
    digest = hashlib.sha256()
    for name in _WORDS:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How an index is made of a corpus: the model's setting, whether the extra sources are in it, the chunking."""

    model: str = BUNDLED
    extras: bool = True
    chunking: Chunking = field(default_factory=Chunking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Model, dimensions, corpus and chunking of an index, and how much it holds."""

    model: str
    dimensions: int
    corpus: str
    extras: bool
    chunking: str
    documents: int
    passages: int
    sentences: int
    built: str
    vocabulary: str = ""
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it into the folder of a snapshot."""
        (folder / NAME).write_bytes(_MANIFEST.dump_json(self, indent=1))

    def require(self, recipe: Recipe) -> None:
        """Compare with how the settings want it made.

        Raises:
            IndexMismatch: it was made differently.
        """
        asked = {
            "model": model_name(recipe.model),
            "chunking": fingerprint(recipe.chunking),
            "extras": recipe.extras,
            "format": FORMAT,
            "vocabulary": vocabulary(),
        }
        for name, value in asked.items():
            if (built := getattr(self, name)) != value:
                raise IndexMismatch(f"the index was built with {name} {built!r}, now {value!r} is set; run: {BUILD}")


_MANIFEST = TypeAdapter(Manifest)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a snapshot.

    Raises:
        IndexDamaged: there is none, or it is unreadable.
    """
    try:
        return _MANIFEST.validate_json((folder / NAME).read_bytes())
    except (OSError, ValidationError) as error:
        raise IndexDamaged(f"{folder / NAME} is missing or unreadable; run: {BUILD} --force") from error
