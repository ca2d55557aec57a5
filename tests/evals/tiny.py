"""Small files in SQuAD format for tests."""

import json
from pathlib import Path
from typing import Any

BAKER = "Der Bäcker öffnet um sechs Uhr. Am Sonntag bleibt sein Laden geschlossen."
BRIDGE = "Die Brücke wurde 1894 gebaut. Sie ist 320 Meter lang. Über sie fährt heute eine Straßenbahn."
BEES = "Bienen tanzen, um Futterplätze zu zeigen. Ein Volk hat im Sommer rund 40.000 Tiere."


def asked(question: str, *answers: str, **more: object) -> dict[str, Any]:
    return {"question": question, "answers": [{"text": a, "answer_start": 0} for a in answers], **more}


def squad(*articles: tuple[str, list[tuple[str, list[dict[str, Any]]]]]) -> dict[str, Any]:
    """A file of articles: title, and paragraphs with their questions."""
    held = [
        {"title": title, "paragraphs": [{"context": context, "qas": qas} for context, qas in paragraphs]}
        for title, paragraphs in articles
    ]
    return {"version": "v2.0", "data": held}


def written(folder: Path, content: dict[str, Any], name: str = "squad.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content), "utf-8")
    return path


TOWN = squad(
    (
        "Eine_Stadt",
        [
            (BAKER, [asked("Wann macht der Bäcker auf?", "um sechs Uhr", "sechs"), asked("Wo?", is_impossible=True)]),
            (
                BRIDGE,
                [
                    asked("Wie lang ist die Brücke?", "320 Meter"),
                    asked("In welchem Jahr baute man die Brücke?", "1894"),
                ],
            ),
            (BEES, [asked("Warum tanzen Bienen?", "um Futterplätze zu zeigen"), asked("Was fressen Bienen?")]),
            (BRIDGE, [asked("Was fährt über die Brücke?", "eine Straßenbahn")]),
        ],
    )
)

_TOWNS = (
    "Adorf",
    "Behlen",
    "Cursdorf",
    "Dahlum",
    "Ebstett",
    "Fohrde",
    "Gandern",
    "Hohnau",
    "Ilberg",
    "Jarnow",
    "Kalkum",
)
_COLOURS = ("rot", "blau", "grün", "gelb", "weiß", "grau", "braun", "schwarz", "violett", "rosa", "türkis")


def towns() -> dict[str, Any]:
    """Eleven articles of two paragraphs and two questions each."""
    articles = []
    for number, (town, colour) in enumerate(zip(_TOWNS, _COLOURS, strict=True)):
        height, year = 30 + number, 1850 + 7 * number
        tower = f"Der Leuchtturm von {town} ist {colour}. Er steht am Hafen und misst {height} Meter."
        market = f"Auf dem Marktplatz von {town} steht ein Brunnen. Das Rathaus von {town} stammt aus dem Jahr {year}."
        articles.append(
            (
                town,
                [
                    (tower, [asked(f"Welche Farbe hat der Leuchtturm von {town}?", colour)]),
                    (market, [asked(f"Aus welchem Jahr stammt das Rathaus von {town}?", str(year))]),
                ],
            )
        )
    return squad(*articles)
