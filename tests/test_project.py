"""What must hold of the project as a whole."""

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
PRODUCT = "Rückenwind"
PACKAGES = ("bot", "corpus", "evals", "index")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


def test_no_dependency_brings_a_package_of_our_names() -> None:
    clashes = {
        f"{distribution.name}: {name}"
        for distribution in distributions()
        if distribution.name != "rueckenwind"
        for file in distribution.files or []
        for name in [file.parts[0].removesuffix(".py")]
        if name in (*PACKAGES, "app")
    }
    assert clashes == set()


def test_every_package_and_every_data_file_is_listed_in_pyproject() -> None:
    listed = set(PYPROJECT["tool"]["setuptools"]["packages"])
    assert {".".join(p.parent.relative_to(ROOT).parts) for p in sources() if p.name == "__init__.py"} == listed
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]
    held = {f for package, globs in patterns.items() for g in globs for f in (ROOT / package.replace(".", "/")).glob(g)}
    kinds = (".toml", ".yaml", ".txt", ".json", ".jsonl", ".html", ".css", ".js", ".svg")
    data = {p for package in PACKAGES for p in (ROOT / package).rglob("*") if p.suffix in kinds}
    assert {str(p.relative_to(ROOT)) for p in data - held} == set()


def test_every_dependency_is_pinned() -> None:
    project = PYPROJECT["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    pinned = {_name(line) for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line}
    assert {_name(dependency) for dependency in wanted} <= pinned


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~\[ ]", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("module", ["corpus.load", "index.search", "bot.chat", "bot.settings", "bot.web.api", "app"])
def test_nothing_heavy_is_loaded_at_import(module: str) -> None:
    code = f"import {module}, sys; print(sorted({{'torch', 'gradio', 'transformers'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_no_german_stands_in_the_code() -> None:
    """Words for visitors live in data files; of all strings only tables of letters have letters that German needs."""
    for path in sources():
        tree = ast.parse(path.read_text("utf-8"))
        notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in notes]
        words = [s for s in strings if isinstance(s, str) and len(s) > 1 and re.search("[äöüÄÖÜß]", s)]
        assert set(words) <= {PRODUCT}, f"{path}: {words}"


def test_the_readme_names_the_two_commands_and_the_build_runs_them() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make run" in readme
    assert "make test" in readme
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_every_picture_in_the_documents_is_there() -> None:
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", path.read_text("utf-8")):
            assert (path.parent / picture).is_file(), f"{path.name}: {picture}"


def test_the_commands_of_the_readme_do_what_it_says(data: Path) -> None:
    """Every `python -m …` line of the README runs; those that need a file make one first."""
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = [line for line in readme.splitlines() if re.match(r"\.venv/bin/python -m (bot ask|corpus|index)", line)]
    assert len(commands) >= 4
    for line in commands:
        command = shlex.split(line.replace(".venv/bin/python", sys.executable))
        environment = {"RW_DATA": str(data), "PATH": ""}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stderr}"


def test_every_setting_stands_in_the_readme_with_its_default_and_no_document_names_another() -> None:
    rows = [
        [[name.strip("` ") for name in cell.split(",")] for cell in line.split("|")[1:3]]
        for line in (ROOT / "README.md").read_text("utf-8").splitlines()
        if line.startswith("| `RW_")
    ]
    explained = {name: defaults[n % len(defaults)] for names, defaults in rows for n, name in enumerate(names)}
    assert explained == {f"RW_{name.upper()}": _shown(field.default) for name, field in Settings.model_fields.items()}
    told = [*(ROOT / "docs").glob("*.md"), *(path for path in (ROOT / "deploy").iterdir() if path.is_file())]
    for path in told:
        assert set(re.findall(r"\bRW_[A-Z_]+[A-Z]\b", path.read_text("utf-8"))) <= set(explained), path.name


def _shown(default: object) -> str:
    """A default as the README writes it."""
    if default in (None, ()):
        return "none"
    if isinstance(default, Path) and default.is_absolute():
        return "the bundled one"
    return str(default).lower() if isinstance(default, bool) else str(default)
