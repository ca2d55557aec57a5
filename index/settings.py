"""Where the corpus and the index lie, and which model embeds; from the environment."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.load import HERE
from index.encode import BUNDLED
from index.manifest import Recipe


class IndexSettings(BaseSettings):
    """`RW_DATA`, `RW_CORPUS`, `RW_EMBEDDING_MODEL`, `RW_EXTRA_SOURCES`."""

    model_config = SettingsConfigDict(env_prefix="RW_", frozen=True, extra="ignore")

    data: Path = Path("data")
    """The one folder that anything is written to."""
    corpus: Path = HERE
    """Holds articles/ and sources.yaml."""
    embedding_model: str = BUNDLED
    """`bundled`, or a folder or name that sentence-transformers can load."""
    extra_sources: bool = True
    """Also index the sources that complement or contradict the cited ones."""

    @property
    def index_folder(self) -> Path:
        """Where the snapshots lie."""
        return self.data / "index"

    @property
    def recipe(self) -> Recipe:
        """How the index is to be made."""
        return Recipe(model=self.embedding_model, extras=self.extra_sources)
