"""The results of a run as a table for the terminal and as a page that asks nothing of any other host."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from evals.results import Results
from evals.scores import Estimate

_HEAD = ("suite", "language", "figure", "value", "95 % interval", "cases")

# The policy keeps the page from loading anything, whatever a case's text may contain.
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; color: #1c2430; margin: 2rem auto; max-width: 68rem; padding: 0 1rem }}
table {{ border-collapse: collapse; margin: 1rem 0 2rem; width: 100% }}
th, td {{ border-bottom: 1px solid #c8ced6; padding: .3rem .6rem; text-align: left; vertical-align: top }}
.shut {{ color: #9c1c1c; font-weight: 600 }}
code {{ overflow-wrap: anywhere }}
</style>
</head>
<body>
<h1>Evaluation</h1>
{runs}
</body>
</html>
"""
_RUN = """\
<h2>{name}</h2>
<p>Digest of the cases: <code>{digest}</code></p>
{verdict}
{figures}
<h3>Not as expected</h3>
{misses}
"""


def table(results: Results) -> str:
    """The figures in columns, a line each."""
    rows = [_HEAD, *_rows(results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def page(runs: Iterable[tuple[Results, Sequence[str]]]) -> str:
    """For each file of cases the figures, why the gate is shut, and every case that came out wrong, as HTML."""
    return _PAGE.format(runs="\n".join(_run(results, shut) for results, shut in runs))


def _run(results: Results, shut: Sequence[str]) -> str:
    verdict = (
        "".join(f'<p class="shut">{escape(reason)}</p>\n' for reason in shut) or "<p>Nothing is below its floor.</p>"
    )
    return _RUN.format(
        name=escape("/".join(results.file.parts[-2:])),
        digest=escape(results.digest),
        verdict=verdict,
        figures=_html(_HEAD, _rows(results)),
        misses=_html(results.misses.head, results.misses.rows),
    )


def _rows(results: Results) -> Iterator[tuple[str, ...]]:
    for suite, groups in results.suites.items():
        for group, figures in groups.items():
            for name, estimate in figures.items():
                yield (suite, group, name, *_cells(estimate))


def _cells(estimate: Estimate | None) -> tuple[str, str, str]:
    if estimate is None:
        return ("–", "–", "0")
    return (f"{estimate.value:.3f}", f"{estimate.low:.3f} to {estimate.high:.3f}", str(estimate.count))


def _html(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    def line(tag: str, cells: Iterable[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    return "\n".join(("<table>", line("th", head), *(line("td", row) for row in rows), "</table>"))
