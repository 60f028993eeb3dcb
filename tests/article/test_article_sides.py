"""Who stands for which side: every economy of the worlds by name, people and capital; leaders, bodies, and nobody."""

from __future__ import annotations

import pytest

from detente.article.language import load_language
from detente.article.scene import Scene
from detente.article.sides import EU, EU_MEMBERS, mentions_in, side_name
from detente.article.tables import load_table
from detente.data import load_world
from detente.data.names import economy_table


def codes_in(text: str) -> list[str]:
    return [mention.code for mention in mentions_in(load_language().make_doc(text))]


def test_every_economy_of_the_worlds_has_names() -> None:
    rows = load_table("economies")
    assert {row["code"] for row in rows} == ({*economy_table()["code"]} - {"ROW"}) | {EU}
    assert {*load_world("icio-2022").economies} - {"ROW"} <= {row["code"] for row in rows}
    assert set(EU_MEMBERS) <= {row["code"] for row in rows}


@pytest.mark.parametrize("row", load_table("economies"), ids=lambda row: str(row["code"]))
def test_a_side_is_known_by_name_people_and_capital(row: dict[str, str]) -> None:
    for column in ("names", "adjectives", "capitals"):
        for words in filter(None, row[column].split("|")):
            assert codes_in(f"Officials in {words} spoke.") == [row["code"]], words
    assert side_name(row["code"])


def test_no_words_name_two_sides() -> None:
    rows = load_table("economies")
    words = [word for row in rows for column in ("names", "adjectives", "capitals") for word in row[column].split("|")]
    words += [row["name"] for row in (*load_table("institutions"), *load_table("leaders"))]
    words += [row["surname"] for row in load_table("leaders")]
    twice = {word for word in words if word and words.count(word) > 1}
    assert twice == set()


def test_every_leader_and_body_is_of_a_known_side() -> None:
    known = {row["code"] for row in load_table("economies")}
    assert {row["code"] for row in (*load_table("institutions"), *load_table("leaders"))} <= known


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("North Korea tested a rocket.", []),
        ("The Indo-American Chamber met.", []),
        ("He sailed the South China Sea.", []),
        ("let us go", []),
        ("South Korea and Korea", ["KOR", "KOR"]),
        ("the White House", ["USA"]),
        ("the bloc and the EU", ["EUN", "EUN"]),
    ],
)
def test_what_only_looks_like_a_side_is_none(text: str, codes: list[str]) -> None:
    assert codes_in(text) == codes


@pytest.mark.parametrize(
    ("text", "word", "who", "side"),
    [
        ("Beijing rejected the plan.", "Beijing", "China", "CHN"),
        ("Talks were held in Beijing.", "Beijing", None, None),
        ("The White House said no.", "House", "White House", "USA"),
        ("China’s Ministry of Commerce said no.", "Ministry", "Ministry of Commerce", "CHN"),
        ("China’s official Xinhua news agency reported it.", "agency", "Xinhua", "CHN"),
        ("A spokesman for India’s commerce ministry spoke.", "spokesman", "commerce ministry", "IND"),
        ("Japan’s industry minister, Kenji Aramaki, denied it.", "minister", "Kenji Aramaki", "JPN"),
        ("President Donald Trump came. The president spoke.", "president", "Donald Trump", "USA"),
        ("Trade Minister Park Jun-seo met lawmakers in Seoul.", "seo", "Park Jun-seo", "KOR"),
        ("Maria Lund, an economist, wrote a book. Lund sold it.", "Lund", "Maria Lund", "none"),
        ("Analysts say so.", "Analysts", "analysts", "none"),
        ("The European Union met. The commission spoke.", "commission", "European Commission", "EUN"),
        ("France’s economy minister, Luc Petit, left. He smiled.", "He", "Luc Petit", "FRA"),
        ("The weather was fine.", "weather", None, None),
    ],
)
def test_nouns_names_and_pronouns_stand_for(text: str, word: str, who: str | None, side: str | None) -> None:
    scene = Scene(load_language()(text))
    token = [token for token in scene.doc if token.text == word][-1]
    actor = scene.actor(token)
    assert (actor and actor.who, actor and actor.side) == (who, side)
