"""The rule files are checked when they are read, and a language is added by adding a file."""

import shutil
from pathlib import Path

import pytest

from bot.errors import BadWording
from bot.triage import assess
from bot.triage.rules import FOLDER, read_rules
from bot.turn import Level


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "rules"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_language_dropped_in_is_read(folder: Path) -> None:
    cues = "\n".join(
        line.split(" = ")[0] + " = []"
        for line in (folder / "en.toml").read_text(encoding="utf-8").partition("[cues]")[2].splitlines()
        if " = [" in line and not line.startswith(("before", "after", "more", "point", "begun"))
    )
    (folder / "fi.toml").write_text(f'[concepts]\nnumb = ["tunnoton*"]\nsaddle_site = ["haaroissa"]\n[cues]\n{cues}\n')
    assert assess(read_rules(folder), ["Olen tunnoton haaroissa"]).level is Level.EMERGENCY


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("signs.toml", 'level = "emergency"', 'level = "soon"'),
        ("signs.toml", '"numb", "saddle_site"', '"numb", "nowhere"'),
        ("signs.toml", "within = 8", "within = 0"),
        ("signs.toml", "within = 8", 'within = "page"'),
        ("signs.toml", 'keeps = ["resolved"]', 'keeps = ["everything"]'),
        ("signs.toml", "[duration]", "[time]"),
        ("signs.toml", "spares = [", "spared = ["),
        ("de.toml", "[cues]", 'unread = ["wort"]\n[cues]'),
        ("de.toml", "[cues]", '[cues]\nwhatever = ["wort"]'),
        ("de.toml", 'joins = ["und", "sowie"]', ""),
        ("de.toml", 'joins = ["und", "sowie"]', 'joins = "und"'),
        ("de.toml", 'joins = ["und", "sowie"]', 'joins = ["_3"]'),
        ("de.toml", "[concepts]", "[concepts"),
    ],
)
def test_a_broken_file_is_refused(folder: Path, file: str, old: str, new: str) -> None:
    edit(folder / file, old, new)
    with pytest.raises(BadWording):
        read_rules(folder)


def test_without_files_there_are_no_rules(tmp_path: Path) -> None:
    with pytest.raises(BadWording):
        read_rules(tmp_path)
