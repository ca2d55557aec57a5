"""`python -m index build | search "…" | info`: build and publish the index, search it, see what it holds."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict

from pydantic import ValidationError

from corpus.console import run
from corpus.errors import CorpusError
from corpus.load import load_corpus
from index.errors import BUILD, IndexProblem
from index.manifest import read_manifest
from index.passage import Hit
from index.settings import IndexSettings
from index.snapshot import published

Command = Callable[[argparse.Namespace, IndexSettings], None]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when it did its work, 2 with a line on stderr when it could not."""
    options = _options(arguments)
    commands: dict[str, Command] = {"build": _build, "search": _search, "info": _info}
    try:
        commands[options.command](options, IndexSettings())
    except (IndexProblem, CorpusError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except ValidationError as error:
        first = error.errors()[0]
        print(f"error: RW_{str(first['loc'][0]).upper()}: {first['msg']}", file=sys.stderr)
        return 2
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m index", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="build and publish the index; does nothing when nothing has changed")
    build.add_argument("--force", action="store_true", help="embed everything again")
    search = commands.add_parser("search", help="the best passages for a question")
    search.add_argument("question")
    search.add_argument("--count", type=int, default=5, help="how many passages (default: 5)")
    search.add_argument("--json", action="store_true")
    info = commands.add_parser("info", help="what the published index holds, and whether it is up to date")
    info.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _build(options: argparse.Namespace, settings: IndexSettings) -> None:
    from index.build import build_index  # noqa: PLC0415 - chromadb takes a second

    began = time.perf_counter()
    report = build_index(
        settings.corpus,
        settings.index_folder,
        settings.recipe,
        force=options.force,
        progress=_show_progress,
    )
    if not report.published:
        print(f"up to date: {report.manifest.passages} passages, built {report.manifest.built}")
        return
    print(
        f"published {report.manifest.documents} documents, {report.manifest.passages} passages, "
        f"{report.manifest.sentences} sentences; embedded {report.embedded}, reused {report.reused}; "
        f"{time.perf_counter() - began:.1f} s"
    )


def _show_progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\rembedding {done}/{total}", end=end, file=sys.stderr, flush=True)


def _search(options: argparse.Namespace, settings: IndexSettings) -> None:
    from index.open import open_index  # noqa: PLC0415 - chromadb takes a second

    index = open_index(settings.index_folder, settings.recipe)
    hits = index.searcher.search(options.question, options.count)
    if options.json:
        print(json.dumps([_as_json(hit) for hit in hits], ensure_ascii=False, indent=2))
        return
    for number, hit in enumerate(hits, 1):
        source = hit.passage.source
        print(f"{number}. {hit.score:.3f}  {source.publisher}: {' › '.join(source.section) or source.title}")
        print(f"   {hit.passage.text[:160].replace(chr(10), ' ')}")


def _as_json(hit: Hit) -> dict[str, object]:
    return {"score": hit.score, "scores": asdict(hit.scores), "passage": asdict(hit.passage)}


def _info(options: argparse.Namespace, settings: IndexSettings) -> None:
    folder = published(settings.index_folder)
    manifest = read_manifest(folder)
    current = load_corpus(settings.corpus, extras=manifest.extras).digest == manifest.corpus
    if options.json:
        print(json.dumps({"folder": str(folder), **asdict(manifest), "up_to_date": current}, indent=2))
        return
    for name, value in {"folder": folder, **asdict(manifest)}.items():
        print(f"{name:11} {value}")
    print("up to date" if current else f"the corpus has changed since; run: {BUILD}")


if __name__ == "__main__":
    run(main)
