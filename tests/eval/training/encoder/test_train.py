"""Tests of training from files to weights, on a few questions and for a few steps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from eval.training.encoder import train as module
from eval.training.encoder.corpus import WRITTEN_FOLDER, load_corpus
from eval.training.encoder.network import EncodedTexts
from eval.training.encoder.stored_tokens import simulate_storage
from tests.helpers.training_files import write_training_files


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The folder of the written questions and that of the SQuAD files."""
    return write_training_files(tmp_path)


def test_corpus_has_notes_after_sentences_and_splits_by_article(
    folders: tuple[Path, Path],
) -> None:
    written, squad = folders
    corpus = load_corpus([written], squad)
    passage = next(passage for passage in corpus.passages if passage.id == "H0-0")
    assert passage.context == "港口史 0 › 二、整治"
    assert passage.sentences[3:] == ("见《港务年报》。", "整治用了三艘船。")
    own = [q for q in corpus.questions if corpus.passages[q.passage] == passage]
    assert [(q.answers, q.near, q.pair) for q in own] == [
        ((1,), (), 0),
        ((3,), (), 1),
        ((), (1,), 1),
        ((), (1,), 0),
    ]
    sides = [{q.passage for q in corpus.select(held_out=side)} for side in (False, True)]
    articles = [{corpus.passages[index].article for index in side} for side in sides]
    assert not articles[0] & articles[1]
    assert len(corpus.select(held_out=True)) + len(corpus.select(held_out=False)) == len(
        corpus.questions
    )


def test_training_writes_the_layers_that_are_not_frozen_and_the_trained_projection(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written, squad = folders
    (own := tmp_path / "own").mkdir()
    for name in ("passages", "questions"):
        (own / f"{name}.jsonl").touch()
    output = tmp_path / "output"
    arguments = ["--written", str(written), "--squad", str(squad), "--output", str(output)]
    arguments += ["--epochs", "1", "--frozen-layers", "11", "--stored-dimension", "128"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WRITTEN_FOLDER", own)
        module.main(arguments)
    tensors = load_file(output / "trained.safetensors")
    assert "held-out questions" in capsys.readouterr().out
    assert {name.partition(".")[0] for name in tensors} == {"l11", "projection"}
    assert tensors["projection.w"].shape == (128, 384)
    assert np.abs(tensors["l11.fo.w"]).max() == 127


def test_stored_tokens_are_near_and_pass_the_gradient() -> None:
    generator = torch.Generator().manual_seed(1)
    tokens = torch.nn.functional.normalize(torch.randn(2, 9, 128, generator=generator), dim=-1)
    tokens.requires_grad_()
    stored = simulate_storage(EncodedTexts(tokens, torch.zeros(2, 9))).tokens
    assert (stored * tokens).sum(-1).min() > 0.8
    assert not torch.equal(stored, tokens)
    stored.sum().backward()
    assert tokens.grad is not None
    assert torch.equal(tokens.grad, torch.ones_like(tokens))


def test_written_questions_of_the_project_are_whole() -> None:
    passages = {}
    for line in (WRITTEN_FOLDER / "passages.jsonl").read_text().splitlines():
        passage = json.loads(line)
        assert passage["id"] not in passages
        passages[passage["id"]] = passage
    questions = [
        json.loads(line) for line in (WRITTEN_FOLDER / "questions.jsonl").read_text().splitlines()
    ]
    assert len({question["question"] for question in questions}) == len(questions) > 10_000
    for question in questions:
        passage = passages[question["passage"]]
        places = question["answers"] or question["near"]
        texts = [
            passage["notes"][place[1:]] if isinstance(place, str) else passage["sentences"][place]
            for place in places
        ]
        assert texts
        assert any(question.get("answer", "") in text for text in texts)
