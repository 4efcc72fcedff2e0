"""Examples of the reader as tokens."""

from __future__ import annotations

from eval.training.encoder.corpus import TrainingCorpus
from eval.training.encoder.tokens import load_tokenizer
from eval.training.reader.claims import ClaimExample
from eval.training.reader.examples import ReadingExample
from index.encoders.sentence_windows import CLAIM_PROMPT, TokenWindow
from rag.ranking.reading import cut_heading


def tokenize_example(corpus: TrainingCorpus, example: ReadingExample | ClaimExample) -> TokenWindow:
    """Return an example as the reader reads it: of a claim, no heading.

    Args:
        corpus: Its corpus.
        example: The example.
    """
    passage = corpus.passages[example.passage]
    sentences = [passage.sentences[index] for index in example.sentences]
    if isinstance(example, ClaimExample):
        return load_tokenizer().tokenize_pair(example.text, ("", *sentences), CLAIM_PROMPT)
    return load_tokenizer().tokenize_pair(
        corpus.questions[example.question].text,
        (cut_heading(passage.context), *sentences),
    )
