"""Chinese and English text: folding, script, sentences and terms, each from the one place."""

from __future__ import annotations

from index.text.folding import Language, fold, script, simplified
from index.text.sentences import sentences
from index.text.words import terms, words

__all__ = ["Language", "fold", "script", "sentences", "simplified", "terms", "words"]
