"""The fitted and chosen numbers of retrieval, read from `weights.json`.

Each group says in `source` where its numbers come from. `eval.training.fit` writes the fitted ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from index.text.scripts import Language
from rag.ranking.linear_weights import PerLanguage, Weights
from rag.written.parameters import VerificationParameters

PARAMETERS_PATH = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class CandidateParameters:
    """How many candidates are retrieved and compared.

    Attributes:
        source: Where the numbers come from.
        vector_search_depth: The passages retrieved by each query vector.
        term_search_depth: The passages retrieved by the terms of each language.
        rerank_depth: The candidates that are compared token by token.
        max_query_terms: The terms of a query that are compared, the last ones.
        max_query_tokens: The tokens of a query that are compared, the last ones.
    """

    source: str
    vector_search_depth: int
    term_search_depth: int
    rerank_depth: int
    max_query_terms: int
    max_query_tokens: int


@dataclass(frozen=True, slots=True)
class FeatureParameters:
    """The constants of the features.

    Attributes:
        source: Where the numbers come from.
        background: The values of similarity features for an irrelevant passage, by feature; they
            matter where a query has few candidates.
        nearest_sentence_similarity: The weight of similarity against term coverage in choosing the
            sentence that is checked for the answer type.
        unseen_term_idf: The idf of a query term that no candidate has, as a share of the highest.
        citation_weight: How much of what a passage gains by the notes that merely cite counts for
            its score, in [0, 1], unless a source is asked for; nothing counts for the confidence.
    """

    source: str
    background: PerLanguage[dict[str, float]]
    nearest_sentence_similarity: float
    unseen_term_idf: float
    citation_weight: float


@dataclass(frozen=True, slots=True)
class RankingParameters:
    """The weights of the score.

    Attributes:
        source: Where the numbers come from.
        first_stage: The weights that choose the candidates to compare token by token.
        final: The weights of the score.
    """

    source: str
    first_stage: Weights
    final: PerLanguage[Weights]


@dataclass(frozen=True, slots=True)
class RerankerParameters:
    """How the order of a reranker, if the user has one, is taken over.

    Attributes:
        source: Where the numbers come from.
        depth: The best candidates, which it reads.
        weight: The weight of its scores.
    """

    source: str
    depth: int
    weight: float


@dataclass(frozen=True, slots=True)
class ReaderParameters:
    """How the readings of the first candidates are taken over.

    Attributes:
        source: Where the numbers come from.
        depth: At most so many of the best candidates are read.
        max_score_gap: Only those are read whose score is by at most this lower than the best one.
        max_sentence_tokens: The tokens of the sentences that are read of a passage, together.
        max_heading_characters: The last characters of its titles and headings, which are read.
        passage_weight: The weight of a candidate's log-odds in its score.
        sentence_weight: The weight of a sentence's logit in its score.
        calibration: The coefficients of the confidence with a reading.
        thresholds: As of `ConfidenceParameters`.
    """

    source: str
    depth: int
    max_score_gap: float
    max_sentence_tokens: int
    max_heading_characters: int
    passage_weight: PerLanguage[float]
    sentence_weight: PerLanguage[float]
    calibration: Calibration
    thresholds: PerLanguage[float]


@dataclass(frozen=True, slots=True)
class TranslationParameters:
    """How the terms of a query are translated.

    The term of the query itself, and a longer word translated as a whole, have the weight 1.

    Attributes:
        source: Where the numbers come from.
        max_phrase_words: The English words that are looked up together.
        max_variants: The translations of one term.
        rank_discount: The translation of rank n has a weight of 1 / (1 + n * rank_discount).
        single_character_weight: The factor for a Chinese word of one character.
        single_character_rank_penalty: The ranks that such a word loses in a word-by-word
            translation: it is more ambiguous than a longer one.
        subword_weight: The factor for a part of a word, times its share of the characters.
        phrase_weight: The factor for several English words translated together.
        synonym_weight: The share of the term's idf that its other forms in its language have.
        glossary_weight: The weight of the other form of a glossed term: the publication itself
            equates the two, so it counts more than translations of the dictionary.
    """

    source: str
    max_phrase_words: int
    max_variants: int
    rank_discount: float
    single_character_weight: float
    single_character_rank_penalty: int
    subword_weight: float
    phrase_weight: float
    synonym_weight: float
    glossary_weight: float


@dataclass(frozen=True, slots=True)
class QuantityParameters:
    """How a sentence is searched for a quantity.

    Attributes:
        source: Where the numbers come from.
        context_characters: The characters between a number and what it counts.
        max_measure_word_characters: What may follow a Chinese number whose noun stands in an
            earlier clause.
    """

    source: str
    context_characters: dict[Language, int]
    max_measure_word_characters: int


class FollowUpWeights(NamedTuple):
    """How a follow-up combines its two readings.

    Attributes:
        standalone: The weight of the question alone; its reading in context has the rest, to 1.
        article_bonus: The score added to passages of the articles that the conversation is about.
    """

    standalone: float
    article_bonus: float


@dataclass(frozen=True, slots=True)
class FollowUpParameters:
    """How follow-ups are recognised and ranked.

    Attributes:
        source: Where the numbers come from.
        explicit: For questions that refer back in words.
        known_article: For questions that can only be about the article of the previous answer.
        implicit: For questions that continue a topic without referring back.
        topic_margin: How far the best passage of the conversation's articles may score below the
            best of all for a question to continue the topic.
        turning_margin: How far it may score below for a question that refers back and that may be
            whole to continue it.
        min_topic_confidence: The confidence, without the reader, from which a question has a topic.
        min_whole_terms: The Chinese characters or English words of a question that may be whole.
        new_passages_first: The passages placed before those already shown, in a request for more.
        demotion_margin: The score by which shown passages are placed behind those.
        max_earlier_questions: The questions back that are ranked again.
        max_elliptic_terms: A question with at most so many content terms, Chinese characters and
            English words, is taken to leave something out.
        min_antecedent_terms: After so many a pronoun refers to something within the question.
    """

    source: str
    explicit: FollowUpWeights
    known_article: FollowUpWeights
    implicit: FollowUpWeights
    topic_margin: float
    turning_margin: float
    min_topic_confidence: float
    min_whole_terms: dict[Language, int]
    new_passages_first: int
    demotion_margin: float
    max_earlier_questions: int
    max_elliptic_terms: dict[Language, int]
    min_antecedent_terms: dict[Language, int]


@dataclass(frozen=True, slots=True)
class MetadataParameters:
    """How questions about the publication are recognised and answered.

    Attributes:
        source: Where the numbers come from.
        name_log_odds: The log-odds of an answer that rests on a name (author, topic, number).
        heading_weight: The weight of the heading feature in finding the article described.
        max_earlier_questions: The earlier questions searched for the previous topic.
        min_title_overlap: The share of a title's terms that names an article.
        max_chance_prefix_terms: The terms with which a title may begin by chance.
        min_surname_letters: The letters of a surname without given name; shorter ones are words.
    """

    source: str
    name_log_odds: float
    heading_weight: float
    max_earlier_questions: int
    min_title_overlap: float
    max_chance_prefix_terms: int
    min_surname_letters: int


@dataclass(frozen=True, slots=True)
class StructureParameters:
    """How questions are answered from the structure of the library.

    Attributes:
        source: Where the numbers come from.
        passages_per_side: The passages that a comparison cites of each side.
        nearest_outlets: The outlets that are shown where no note cites what is looked for.
        max_word_length_han: The characters of a Chinese word of which an absence is stated.
        max_word_length: The characters of another one.
        max_count_distance: The characters between a word and a statement of how often it is used.
        max_joined_notes: The notes of a library whose references are all joined for a question.
        max_read_articles: The articles whose notes are read in a library with more.
        max_read_passages: The passages that are read for a word.
    """

    source: str
    passages_per_side: int
    nearest_outlets: int
    max_word_length_han: int
    max_word_length: int
    max_count_distance: int
    max_joined_notes: int
    max_read_articles: int
    max_read_passages: int


@dataclass(frozen=True, slots=True)
class OutlineParameters:
    """How the sentences of an outline are chosen.

    Attributes:
        source: Where the numbers come from.
        section: The weight of a sentence's similarity to its section.
        article: The weight of its similarity to its article.
        heading: The weight of the share of the words of title and heading that it has.
        first: What is added to the first sentence of a section.
        thesis_last: What is added to the last sentence of an introduction that announces nothing,
            where there is room for one sentence of it.
        question: What is taken off a question.
        anaphor: What is taken off a sentence that refers to the one before it.
        min_terms: The distinct terms of a sentence that is no fragment.
        max_sections: The sections that have a sentence each; of longer articles, each part has.
    """

    source: str
    section: float
    article: float
    heading: float
    first: float
    thesis_last: float
    question: float
    anaphor: float
    min_terms: int
    max_sections: int


@dataclass(frozen=True, slots=True)
class EvidenceParameters:
    """How sentences are chosen as evidence.

    Attributes:
        source: Where the numbers come from.
        sentence_weights: The weight of each of `SENTENCE_FEATURES`.
        second_sentence_margin: How far a second sentence may score below the first.
        source_margin: How far a note that only cites must score above every other sentence.
        min_coverage_gain: The share of the query that a second sentence must add, in [0, 1].
        min_match_degree: The degree from which a sentence counts as having a term, in [0, 1].
    """

    source: str
    sentence_weights: dict[str, float]
    second_sentence_margin: float
    source_margin: float
    min_coverage_gain: float
    min_match_degree: float


@dataclass(frozen=True, slots=True)
class FurtherPassageParameters:
    """Which passages of an answer beside the first one are said to answer, too.

    Attributes:
        source: Where the numbers come from.
        may_answer_margin: How far a passage and its best sentence may score below the first ones
            for the sentence to be marked.
        adds_margin: The same for the passage to be shown open.
    """

    source: str
    may_answer_margin: float
    adds_margin: float


class MaxsimSummary(NamedTuple):
    """Token similarities of a query and a passage.

    Attributes:
        mean: The mean over the query's tokens.
        low: The mean of the lowest third.
    """

    mean: float
    low: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The coefficients of the confidence, a logistic regression.

    Attributes:
        score: Of the first passage's score.
        margin: Of its margin over the second.
        sentence_similarity: Of the similarity of its best sentence, less the typical one.
        maxsim_mean: Of its mean token similarity, less the typical one.
        maxsim_low: Of the lowest third of the token similarities, less the typical one.
        term_coverage: Of the covered share of the query's terms, up to a limit.
        no_term_overlap: Added where it has hardly any of the query's terms.
        lacks_requested_item: Added where a quantity, article or chapter asked for is missing.
        lacks_requested_item_cross_lingual: The same for a quantity in the other language, where it
            is not always recognised.
        cross_lingual: Added for a passage in the other language.
        reading: Of the reader's log-odds that it answers; 0 without the reader.
        bias: The constant.
    """

    score: float
    margin: float
    sentence_similarity: float
    maxsim_mean: float
    maxsim_low: float
    term_coverage: float
    no_term_overlap: float
    lacks_requested_item: float
    lacks_requested_item_cross_lingual: float
    cross_lingual: float
    reading: float
    bias: float


@dataclass(frozen=True, slots=True)
class ConfidenceParameters:
    """The confidence that the first citation answers.

    Attributes:
        source: Where the numbers come from.
        max_term_coverage: The share of the query's terms above which more adds no confidence.
        min_term_coverage: The share below which a passage has no overlap with the query.
        typical_similarity: The similarity of a query and the best sentence of an answer.
        typical_maxsim: The token similarities of an answer; a model without tokens has these.
        calibration: The fitted coefficients.
        thresholds: The confidence below which the answer is "not in this library". Confidence
            separates less well across languages: one threshold would refuse many more answered
            questions there.
    """

    source: str
    max_term_coverage: float
    min_term_coverage: float
    typical_similarity: PerLanguage[float]
    typical_maxsim: PerLanguage[MaxsimSummary]
    calibration: Calibration
    thresholds: PerLanguage[float]


@dataclass(frozen=True, slots=True)
class Parameters:
    """All numbers that rank and decide.

    Attributes:
        training_questions: The number of questions of each set that the fitted numbers come from.
        candidates: How many candidates are retrieved and compared.
        features: The constants of the features.
        ranking: The weights of the score.
        reranker: How the order of a reranker is taken over.
        reader: How the readings of the first candidates are taken over.
        translation: How the terms of a query are translated.
        quantity: How a sentence is searched for a quantity.
        follow_up: How follow-ups are recognised and ranked.
        metadata: How questions about the publication are recognised and answered.
        structure: How questions are answered from the structure of the library.
        outline: How the sentences of an outline are chosen.
        evidence: How sentences are chosen as evidence.
        further_passages: Which passages beside the first one answer, too.
        confidence: The confidence that the first citation answers.
        verification: How written sentences are checked.
    """

    training_questions: dict[str, int]
    candidates: CandidateParameters
    features: FeatureParameters
    ranking: RankingParameters
    reranker: RerankerParameters
    reader: ReaderParameters
    translation: TranslationParameters
    quantity: QuantityParameters
    follow_up: FollowUpParameters
    metadata: MetadataParameters
    structure: StructureParameters
    outline: OutlineParameters
    evidence: EvidenceParameters
    further_passages: FurtherPassageParameters
    confidence: ConfidenceParameters
    verification: VerificationParameters

    @property
    def confidence_of_reader(self) -> ConfidenceParameters:
        """The confidence where the first passages are read together with the question."""
        return replace(
            self.confidence,
            calibration=self.reader.calibration,
            thresholds=self.reader.thresholds,
        )


@cache
def load_parameters() -> Parameters:
    """Return the numbers of this version."""
    return msgspec.json.decode(PARAMETERS_PATH.read_bytes(), type=Parameters)
