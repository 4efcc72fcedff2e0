"""Encoded queries: a question's vectors, tokens, terms and translations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.arrays import Vectors
from index.encoders.language_bias import language_means
from index.encoders.protocol import Encoder
from index.storage.library import Library
from index.text.dictionary import load_dictionary
from index.text.scripts import Language, convert_to_simplified, detect_language
from rag.query.answer_type import AnswerType, answer_type
from rag.query.follow_up import without_history
from rag.query.glossary import Glossary, GlossaryMatch
from rag.query.terms import QueryTerm, query_terms
from rag.query.translation import add_synonyms, translated_terms
from rag.query.word_translation import IdfLookup, translate_word_by_word
from rag.ranking.parameters import load_parameters
from rag.ranking.term_match import TermIdf

_OTHER_LANGUAGE: dict[Language, Language] = {"zh": "en", "en": "zh"}


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A query, ready to be compared with passages.

    Attributes:
        text: The question, after the lines of its context if it has one.
        answer_type: The kind of answer that it asks for.
        language: The language it is mainly in.
        query_vector: The embedding compared with texts of its language, [d].
        crosslingual_query_vector: The embedding compared with texts of the other language, [d].
        query_tokens: The token embeddings compared with texts of either language, [tokens, d].
        translated_query_tokens: The token embeddings of its word-by-word translation, [tokens, d];
            empty if the library has no passage in the other language.
        terms: The terms in its own language, with synonyms from the glossary.
        translated_terms: The terms in the other language.
        glossary_matches: The entries of the library's glossary that it contains.
    """

    text: str
    answer_type: AnswerType
    language: Language
    query_vector: Vectors
    crosslingual_query_vector: Vectors
    query_tokens: Vectors
    translated_query_tokens: Vectors
    terms: tuple[QueryTerm, ...]
    translated_terms: tuple[QueryTerm, ...]
    glossary_matches: tuple[GlossaryMatch, ...]


class QueryEncoder:
    """Encodes questions for one library. Thread-safe.

    Args:
        library: An open library.
        encoder: The encoder that made it.
        idf: The idf of terms in the library.
    """

    def __init__(self, library: Library, encoder: Encoder, idf: TermIdf) -> None:
        self._encoder = encoder
        self._idf = idf
        self._dictionary = load_dictionary()
        self._glossary = Glossary(stored_gloss.gloss for stored_gloss in library.glosses())
        self._language_means = language_means(encoder)
        self._limits = load_parameters().candidates
        self._is_translatable: dict[Language, bool] = {
            language: library.has_language(_OTHER_LANGUAGE[language])
            and bool(self._language_means[language].token.any())
            for language in _OTHER_LANGUAGE
        }

    def encode(self, questions: Sequence[str]) -> list[EncodedQuery]:
        """Return the encoded queries of questions; the encoder is called once for all.

        Args:
            questions: Questions, each after the lines of its context if it has one.
        """
        glossary_matches = [self._glossary.find(question) for question in questions]
        translations = [
            self._translate(question, matches)
            for question, matches in zip(questions, glossary_matches, strict=True)
        ]
        texts = [convert_to_simplified(text) for text in (*questions, *filter(None, translations))]
        embeddings = self._encoder.encode_queries(texts)
        translated_tokens = iter(embeddings.tokens[len(questions) :])
        return [
            self._build_query(
                question,
                matches,
                vector,
                tokens,
                next(translated_tokens) if translation else tokens[:0],
            )
            for question, matches, translation, vector, tokens in zip(
                questions,
                glossary_matches,
                translations,
                embeddings.vectors,
                embeddings.tokens,
                strict=False,
            )
        ]

    def _translate(self, question: str, glossary_matches: Sequence[GlossaryMatch]) -> str:
        """Return a question word by word in the other language; "" if that is not compared."""
        language = detect_language(question)
        if not self._is_translatable[language]:
            return ""
        idf_lookup = IdfLookup(self._idf, self._idf.highest)
        return translate_word_by_word(
            question, language, self._dictionary, glossary_matches, idf_lookup
        )

    def _build_query(
        self,
        question: str,
        glossary_matches: tuple[GlossaryMatch, ...],
        vector: Vectors,
        tokens: Vectors,
        translated_tokens: Vectors,
    ) -> EncodedQuery:
        language = detect_language(question)
        mean = self._language_means[language]
        other_mean = self._language_means[_OTHER_LANGUAGE[language]]
        # The question stands last, after its context: what is too long loses its beginning.
        last_tokens = slice(-self._limits.max_query_tokens, None)
        last_terms = slice(-self._limits.max_query_terms, None)
        return EncodedQuery(
            text=question,
            answer_type=answer_type(without_history(question)),
            language=language,
            query_vector=vector,
            crosslingual_query_vector=mean.debias_query(vector),
            query_tokens=mean.center_tokens(tokens[last_tokens]),
            translated_query_tokens=other_mean.center_tokens(translated_tokens[last_tokens]),
            terms=add_synonyms(query_terms(question), glossary_matches, self._idf)[last_terms],
            translated_terms=translated_terms(
                question, language, self._dictionary, glossary_matches
            )[last_terms],
            glossary_matches=glossary_matches,
        )
