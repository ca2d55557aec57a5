"""`python -m evals run | retrieval | conversation | fit | train`: measure the bot and its search; fit and train."""

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bot.answer.evidence import FILE
from bot.errors import BotError
from bot.redact import redact
from bot.settings import Settings, read_settings
from corpus.console import run as run_command
from evals import answers, guard, triage
from evals.answers import read_file
from evals.case import CASES, read_cases
from evals.errors import EvalsProblem
from evals.fit import fit
from evals.gate import BASELINE, below, read_floors, update
from evals.report import page, table
from evals.results import Results, read_lines
from index.errors import IndexProblem

if TYPE_CHECKING:
    from bot.assemble import Service

SUITES = (*answers.SUITES, triage.SUITE, guard.SUITE)

# An answer in a hundred may read badly.
_FAULTY = 0.01


class Measured(Protocol):
    """What a measurement gives."""

    def as_json(self) -> dict[str, Any]:
        """Everything, for printing."""
        ...


Command = Callable[[argparse.Namespace, Settings], int]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when all is well, 1 below the gate, 2 with a line on stderr when nothing could be measured."""
    options = _options(arguments)
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(message)s")
    commands: dict[str, Command] = {
        "run": _run,
        "retrieval": _retrieval,
        "conversation": _conversation,
        "abstention": _abstention,
    }
    commands |= {"read": _read, "fit": _fit, "train": _train}
    try:
        return commands[options.command](options, read_settings())
    except (EvalsProblem, BotError, IndexProblem) as error:
        print(f"error: {error}", file=sys.stderr)
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
    return 2


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="ask the bot the cases of a file; 1 when a figure is below its floor")
    # Not `choices`: argparse before 3.14 holds them against the empty list as well.
    run.add_argument("suites", nargs="*", metavar="SUITE", help=f"{' or '.join(SUITES)}; default: all")
    run.add_argument(
        "--cases", type=Path, help="for suites of one kind; default: the test split of each in evals/cases"
    )
    run.add_argument("--out", type=Path, help="where results.json and report.html go; default: <RW_DATA>/evals")
    run.add_argument("--update", action="store_true", help="raise the floors to a little below what is measured")
    run.add_argument("--force", action="store_true", help="with --update: lower floors, too")
    retrieval = commands.add_parser("retrieval", help="measure the search on data in SQuAD format; prints JSON")
    retrieval.add_argument("--squad", type=Path, required=True, metavar="FILE")
    retrieval.add_argument("--json", action="store_true", help="on one line")
    conversation = commands.add_parser("conversation", help="measure follow-ups and changes of topic; prints JSON")
    conversation.add_argument("--squad", type=Path, required=True, metavar="FILE", help="made of data in SQuAD format")
    conversation.add_argument("--json", action="store_true", help="on one line")
    abstention = commands.add_parser("abstention", help="measure what is declined when its answer is taken out")
    abstention.add_argument("--squad", type=Path, required=True, metavar="FILE")
    abstention.add_argument("--json", action="store_true", help="on one line")
    reading = commands.add_parser(
        "read", help="check by rules how answers read; 1 when more than one in a hundred is faulty"
    )
    reading.add_argument("--count", type=int, default=1000, metavar="N", help="questions; default: 1000")
    fitting = commands.add_parser(
        "fit", help="fit how sure an answer is, the order of passages, or the limits of triage"
    )
    fitting.add_argument("what", nargs="?", choices=("evidence", "order", "limits"), default="evidence")
    train = commands.add_parser("train", help="train the model that judges messages; takes half an hour")
    train.add_argument("--threads", type=int, default=1, help="as many as there are idle cores")
    options = parser.parse_args(arguments)
    for suite in getattr(options, "suites", ()):
        if suite not in SUITES:
            parser.error(f"there is no suite {suite!r}; known are {' and '.join(SUITES)}")
    return options


def _run(options: argparse.Namespace, settings: Settings) -> int:
    suites: list[str] = options.suites or ([*answers.SUITES] if options.cases else [*SUITES])
    of_answers = [suite for suite in answers.SUITES if suite in suites]
    kinds: dict[str, Callable[[Path], Results]] = {}
    if of_answers:
        read_file(options.cases or CASES / "test.jsonl")  # a mistake in it is told before anything is loaded
    service = _service(settings)
    if of_answers:
        found = [found for document in service.documents.values() for found in document.disagreements]
        kinds["."] = lambda file: answers.run(file, service.reply, of_answers, found, _asking)
    if triage.SUITE in suites:
        kinds[triage.SUITE] = lambda file: triage.run(file, service.triage, _asking)
    if guard.SUITE in suites:
        kinds[guard.SUITE] = lambda file: guard.run(file, service.guard, redact, _asking)
    if options.cases and len(kinds) > 1:
        raise EvalsProblem("--cases takes the cases of one kind: name the suites that they are for")
    results = [ask(options.cases or CASES / folder / "test.jsonl") for folder, ask in kinds.items()]
    return _report(results, options, settings)


def _report(runs: Sequence[Results], options: argparse.Namespace, settings: Settings) -> int:
    """Print and write what was measured, and hold it to the floors."""
    out: Path = options.out or settings.data / "evals"
    out.mkdir(parents=True, exist_ok=True)
    written: list[dict[str, Any]] = []
    pages: list[tuple[Results, tuple[str, ...]]] = []
    shut: list[str] = []
    for results in runs:
        floors = update(results, BASELINE, force=options.force) if options.update else read_floors(results, BASELINE)
        reasons = below(results, floors)
        shut.extend(reasons)
        written.append({**results.as_json(), "below": reasons})
        pages.append((results, reasons))
        print(f"{len(results.outcomes)} cases of {results.file}, {results.failed} failed")
        print(table(results))
        if floors is None:
            print(f"no floors are set for {results.file}")
    text = json.dumps({"runs": written, "below": shut}, ensure_ascii=False, indent=1) + "\n"
    (out / "results.json").write_text(text, "utf-8")
    (out / "report.html").write_text(page(pages), "utf-8")
    print(f"written: {out / 'results.json'}, {out / 'report.html'}")
    for reason in shut:
        print(f"below the gate: {reason}", file=sys.stderr)
    return 1 if shut else 0


def _asking(done: int, total: int) -> None:
    _show_progress("asking", done, total)


def _service(settings: Settings) -> "Service":
    """The real service.

    Raises:
        IndexProblem: there is no index that can be used.
    """
    from bot.assemble import assemble  # noqa: PLC0415 - a second of imports

    service = assemble(settings)
    service.library.current()
    return service


def _retrieval(options: argparse.Namespace, settings: Settings) -> int:
    from evals.retrieval import measure  # noqa: PLC0415 - chromadb takes a second

    return _on_squad(measure, options, settings)


def _conversation(options: argparse.Namespace, settings: Settings) -> int:
    from evals.conversation import measure  # noqa: PLC0415 - chromadb takes a second

    return _on_squad(measure, options, settings)


def _abstention(options: argparse.Namespace, settings: Settings) -> int:
    from evals.abstention import measure  # noqa: PLC0415 - chromadb takes a second

    return _on_squad(measure, options, settings)


def _on_squad(measure: Callable[..., Measured], options: argparse.Namespace, settings: Settings) -> int:
    """Measure something on the data of `--squad`, and print it as JSON."""
    from evals.squad import read_squad  # noqa: PLC0415 - chromadb takes a second
    from index.encode import passage_encoder, question_encoder  # noqa: PLC0415 - the same

    dataset = read_squad(options.squad)
    model = settings.embedding_model
    with tempfile.TemporaryDirectory(prefix="rw-evals-") as folder:
        found = measure(dataset, Path(folder), passage_encoder(model), question_encoder(model), _show_progress)
    print(json.dumps(found.as_json(), ensure_ascii=False, indent=None if options.json else 1))
    return 0


def _read(options: argparse.Namespace, settings: Settings) -> int:
    from evals.reading import questions, read, summary  # noqa: PLC0415 - needed here only

    service = _service(settings)
    asked = questions(read_cases("dev"), service.documents.values(), options.count)
    answers = read(asked, service.reply, lambda done, total: _show_progress("reading", done, total))
    faulty, faults = summary(answers)
    for answer in answers:
        if answer.faults:
            print(f"{', '.join(answer.faults)}: {answer.question}")
    print(f"{len(asked)} questions, {len(answers)} answered; faulty: {faulty}; {dict(faults)}")
    return 1 if faulty is not None and faulty.value > _FAULTY else 0


def _fit(options: argparse.Namespace, settings: Settings) -> int:
    if options.what == "order":
        return _fit_order(settings)
    if options.what == "limits":
        return _fit_limits()
    service = _service(settings)
    fitted = fit(tuple(read_cases("dev")), service.chat.searching.invoke, FILE)
    print(f"{FILE.name} fitted on {fitted.cases} cases; {fitted.right:.1%} of them lie on the right side")
    return 0


def _fit_order(settings: Settings) -> int:
    from evals.order import as_toml, fit_order  # noqa: PLC0415 - chromadb takes a second
    from evals.squad import read_squad  # noqa: PLC0415 - the same
    from index.encode import passage_encoder, question_encoder  # noqa: PLC0415 - the same
    from index.ranking import FILE as RANKING  # noqa: PLC0415 - the same

    model = settings.embedding_model
    datasets = [read_squad(path) for path in sorted((CASES / "retrieval").glob("*.json"))]
    fitted = fit_order(datasets, passage_encoder(model), question_encoder(model), _show_progress)
    RANKING.write_text(as_toml(fitted), "utf-8")
    print(f"{RANKING.name} fitted on {sum(len(d.questions) for d in datasets)} questions; run: python -m evals fit")
    return 0


def _fit_limits() -> int:
    """Set the limits of the judge on the development cases."""
    from bot.guard import screen  # noqa: PLC0415 - needed here only
    from bot.guard.check import load_guard  # noqa: PLC0415 - the same
    from bot.judging import load_judge  # noqa: PLC0415 - the same
    from bot.triage import load_rules, second  # noqa: PLC0415 - the same
    from evals.limits import as_toml, guard_limits, triage_limits  # noqa: PLC0415 - the same

    judge = load_judge()
    cases = [
        case for path in sorted((CASES / "triage").glob("*fit.jsonl")) for case in read_lines(path, triage.TriageCase)
    ]
    found = triage_limits(cases, load_rules(), judge)
    second.FILE.write_text(as_toml(found), "utf-8")
    asked = screen.Screen(load_guard(), judge, screen.ScreenLimits(spared=0.0, limits={}))
    refused = guard_limits(read_lines(CASES / "guard" / "fit.jsonl", guard.GuardCase), asked)
    screen.FILE.write_text(as_toml(refused), "utf-8")
    print(f"{second.FILE} and {screen.FILE} written")
    return 0


def _train(options: argparse.Namespace, _settings: Settings) -> int:
    """Train the judge; who is told how far it is waits more gladly."""
    from bot.judging import FILE as JUDGE  # noqa: PLC0415 - needed here only
    from bot.triage import load_rules  # noqa: PLC0415 - the same
    from corpus.load import load_corpus  # noqa: PLC0415 - the same
    from evals.examples import examples  # noqa: PLC0415 - the same
    from evals.train import train  # noqa: PLC0415 - imports torch

    found = examples(load_rules(), load_corpus(extras=True).documents)

    def told(done: int, total: int, loss: float) -> None:
        print(f"round {done} of {total}: loss {loss:.3f}", file=sys.stderr, flush=True)

    trained = train(found, threads=options.threads, progress=told)
    trained.tuned.save(JUDGE)
    print(f"{JUDGE.name} trained on {trained.examples} examples; run: python -m evals fit limits")
    return 0


def _show_progress(what: str, done: int, total: int) -> None:
    """A line that is written over, once a percent."""
    if done < total and done * 100 // total == (done - 1) * 100 // total:
        return
    end = "\n" if done == total else ""
    print(f"\r{what} {done}/{total}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    run_command(main)
