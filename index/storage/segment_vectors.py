"""The vectors of a segment: of passages, of their sentences, and of the tokens of their texts."""

from __future__ import annotations

from index.storage.manifest import MANIFEST_FILE
from index.storage.token_vectors import TokenVectors
from index.storage.vectors import PassageVectors, SentenceVectors
from index.storage.verified_files import GenerationFiles


class SegmentVectors:
    """The vectors of the passages of one segment, by their positions in it.

    Attributes:
        passages, sentences, tokens: Their parts. The texts of a passage are its heading and its
            sentences, and their tokens stand one after the other.
        size: The number of passages.
    """

    def __init__(self, files: GenerationFiles, token_bits: int) -> None:
        """Open the files.

        Args:
            files: The segment's files.
            token_bits: The bits of a number of a token.

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        self.passages = PassageVectors(files)
        self.sentences = SentenceVectors(files)
        self.tokens = TokenVectors(files, token_bits)
        self.size = self.passages.size
        if self.sentences.group_count != self.size:
            raise files.reporter.damaged(
                MANIFEST_FILE, f"sentences of {self.sentences.group_count}, not {self.size}"
            )
        text_count = self.sentences.item_count + self.size
        if self.tokens.group_count != text_count:
            raise files.reporter.damaged(
                MANIFEST_FILE, f"tokens of {self.tokens.group_count} texts, not {text_count}"
            )

    def text_range(self, start: int, stop: int) -> tuple[int, int]:
        """Return the first text in `tokens` of a range of positions, and the text after the last.

        Args:
            start: The first position.
            stop: The position after the last.
        """
        first_sentence, end_sentence = self.sentences.item_range(start, stop)
        return first_sentence + start, end_sentence + stop
