"""What texts of one language have in common, so that it can be taken out of them.

The encoder puts questions of one language near each other, whatever they ask, and near the texts of
that language. Between languages this drowns what they ask: some sentence that merely looks like a
question comes first for many. Taking most of the mean question of its language out of a question
removes it; the idea is that of Yang et al., "A Simple and Effective Method to Eliminate the Self
Language Bias in Multilingual Representations" (2021), with a mean for their component.

All tokens, of whatever text, are nearer to one another still; from them the whole mean is taken.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from index.arrays import Vectors
from index.encoders.protocol import Embeddings, Encoder
from index.files import cache_folder, replace_atomically
from index.text.scripts import Language, convert_to_simplified

QUERY_MEAN_WEIGHT = 0.75
"""How much of the mean question is taken out of a question."""

_EPSILON = 1e-12


@dataclass(frozen=True, slots=True)
class LanguageMean:
    """What texts of a language have in common.

    Attributes:
        query: The mean of questions, [d].
        token: The mean of their tokens, [d]; zero for a model that gives none.
    """

    query: Vectors
    token: Vectors

    def debias_query(self, queries: Vectors) -> Vectors:
        """Questions as they are compared with texts of the other language.

        Args:
            queries: Questions of unit length, [n, d] or [d].

        Returns:
            Vectors of unit length, of the same shape.
        """
        return _to_unit_length(queries - QUERY_MEAN_WEIGHT * self.query)

    def center_tokens(self, tokens: Vectors) -> Vectors:
        """Tokens as they are compared, in one language and across.

        Args:
            tokens: As the encoder gives them, [n, d].

        Returns:
            Vectors of unit length, of the same shape.
        """
        return _to_unit_length(tokens - self.token)


_SAMPLE_QUERIES: dict[Language, str] = {
    "en": """Who founded the company?
When did the war begin?
How many people live in the city?
Where is the river located?
Why did the government change its policy?
What is the name of the capital?
Which country signed the agreement first?
What percentage of the budget goes to education?
How long did the meeting last?
What did the minister say about the law?
What are the main causes of the disease?
Who wrote the book about music?
In what year was the university established?
How does the machine produce electricity?
What kind of animals live in the forest?
Which team won the championship?
What is the purpose of the committee?
How much money was paid for the land?
Who was the first president of the organization?
What language is spoken in the region?
When was the bridge completed?
What happened after the election?
What is the difference between the two methods?
Where did the scientist study physics?
What religion did most people follow?
How is the chemical compound used in industry?
What role did the army play in the crisis?
Which part of the body is affected?
What did the report recommend?
How far is the station from the airport?
Who designed the building?
What was the result of the experiment?""",
    "zh": """誰創立了這家公司？
戰爭是什麼時候開始的？
這座城市有多少人口？
這條河位於哪裡？
政府為什麼改變政策？
首都叫什麼名字？
哪個國家最先簽署協議？
預算中有多少百分比用於教育？
會議持續了多久？
部長對這項法律說了什麼？
這種疾病的主要原因是什麼？
誰寫了關於音樂的書？
這所大學成立於哪一年？
這台機器如何發電？
森林裡住著哪些動物？
哪支球隊贏得了冠軍？
委員會的目的是什麼？
這塊土地花了多少錢？
誰是該組織的第一任主席？
該地區使用什麼語言？
這座橋何時完工？
選舉之後發生了什麼事？
這兩種方法有什麼不同？
這位科學家在哪裡學習物理？
大多數人信仰什麼宗教？
這種化合物在工業上如何使用？
軍隊在危機中扮演什麼角色？
身體的哪個部位會受到影響？
報告提出了什麼建議？
車站距離機場有多遠？
誰設計了這座建築？
實驗的結果是什麼？""",
}


def language_means(encoder: Encoder) -> dict[Language, LanguageMean]:
    """The centre of each language; made once for an encoder and kept in the cache.

    Raises:
        ModelError: If the model cannot be loaded.
        OSError: If the cache cannot be written.
    """
    texts = [convert_to_simplified(text) for text in _SAMPLE_QUERIES.values()]
    digest = hashlib.sha256("".join((encoder.fingerprint, *texts)).encode())
    path = cache_folder() / f"centres-{digest.hexdigest()[:16]}.npy"
    try:
        means = np.load(path, allow_pickle=False)
    except (OSError, ValueError):
        means = None
    if means is None or means.shape != (len(_SAMPLE_QUERIES), 2, encoder.dimension):
        embeddings = [encoder.encode_queries(text.split("\n")) for text in texts]
        means = np.stack(
            [
                np.stack([embedding.vectors.mean(axis=0), _mean_token(embedding)])
                for embedding in embeddings
            ]
        )
        with replace_atomically(path) as draft:
            np.save(draft, means)
    return {
        language: LanguageMean(*vectors)
        for language, vectors in zip(_SAMPLE_QUERIES, means, strict=True)
    }


def _mean_token(embeddings: Embeddings) -> Vectors:
    tokens = np.concatenate(embeddings.tokens)
    return np.asarray(tokens.sum(axis=0) / max(len(tokens), 1), dtype=np.float32)


def _to_unit_length(vectors: Vectors) -> Vectors:
    lengths = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), _EPSILON)
    return np.asarray(vectors / lengths, dtype=np.float32)
