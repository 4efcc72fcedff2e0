"""Encodes passages with a model that reads every text by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from index.encoders.protocol import Embeddings, PassageEmbeddings, PassageText


def encode_separately(
    passages: Sequence[PassageText],
    encode_texts: Callable[[Sequence[str], Callable[[int], None]], Embeddings],
    progress: Callable[[int], None] | None = None,
) -> list[PassageEmbeddings]:
    """Return the embeddings of passages: of each its text, its heading and its sentences.

    Args:
        passages: The passages.
        encode_texts: Encodes texts; its second argument is called with how many it has done.
        progress: Called with the number of passages that the texts done so far amount to.
    """
    texts = list(
        dict.fromkeys(
            text
            for passage in passages
            for text in (passage.text, passage.heading, *passage.sentences)
        )
    )

    def report_texts(done: int) -> None:
        if progress is not None:
            progress(done * len(passages) // len(texts))

    embeddings = encode_texts(texts, report_texts)
    rows = {text: row for row, text in enumerate(texts)}
    return [
        PassageEmbeddings(
            embeddings.vectors[rows[passage.text]],
            embeddings.vectors[np.array([rows[text] for text in passage.sentences], np.int64)],
            tuple(embeddings.tokens[rows[text]] for text in (passage.heading, *passage.sentences)),
        )
        for passage in passages
    ]
