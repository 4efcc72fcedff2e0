"""Any sentence-transformers model as an encoder. Importing this module imports PyTorch."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

from index.arrays import BoolArray, Vectors
from index.encoders.protocol import (
    Embeddings,
    PassageEmbeddings,
    PassageText,
    contains_letter_or_digit,
)
from index.encoders.separate_texts import encode_separately
from index.encoders.threads import passive_omp_threads
from index.errors import ModelError
from index.messages import MessageCatalogue

_MESSAGES = MessageCatalogue("index", "encoders")

with passive_omp_threads():
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling

_BATCH_BYTES = 8_000  # of UTF-8: about 2,000 tokens of Chinese or English
_UNLIMITED = 2**31 - 1
_EPSILON = 1e-12
_FINGERPRINT_SAMPLES, _SAMPLE_BYTES = 16, 1 << 16
_PASSAGE_PROMPTS = ("passage", "document", "corpus")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def find_model(name: str) -> Path:
    """Return the folder of a model that is on this machine.

    Args:
        name: A folder, or the name of a model in the Hugging Face cache; a name without an
            organisation is also searched among those of sentence-transformers.

    Raises:
        ModelError: If there is no such model.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    candidates = [name] if "/" in name else [f"sentence-transformers/{name}", name]
    for candidate in candidates:
        try:
            snapshot = snapshot_download(
                candidate,
                cache_dir=os.environ.get("SENTENCE_TRANSFORMERS_HOME"),
                local_files_only=True,
            )
        except (LocalEntryNotFoundError, HFValidationError):
            continue
        return Path(snapshot)
    raise ModelError(_MESSAGES["model_not_found"].format(name=name))


class SentenceTransformerEncoder:
    """A sentence-transformers model as `Encoder`, with its own prompts and limit.

    Texts are encoded in batches, which changes the last digits of their vectors.
    """

    encodes_passages_alone = False
    token_bits = 4

    def __init__(self, folder: Path, name: str) -> None:
        """Load the model.

        Args:
            folder: The folder of the model.
            name: The name by which the user knows it.

        Raises:
            ModelError: If the folder holds no model that sentence-transformers can load.
        """
        self.name = name
        try:
            self.fingerprint = _compute_fingerprint(folder)
            self._model = _load_model(folder)
        except (
            Exception
        ) as error:  # the errors that other models' files can raise have no common class
            reason = str(error).strip().partition("\n")[0]
            raise ModelError(
                _MESSAGES["model_not_loadable"].format(name=name, folder=folder, reason=reason)
            ) from error
        self.dimension = len(self._model.encode("", show_progress_bar=False))
        self.max_tokens = min(int(self._model.max_seq_length or _UNLIMITED), _UNLIMITED)
        prompts = self._model.prompts
        self._query_prompt = prompts.get("query") or ""
        self._passage_prompt = next(filter(None, map(prompts.get, _PASSAGE_PROMPTS)), "")
        self._token_extractor = _TokenExtractor(self._model, self.dimension)

    def encode_passages(
        self, passages: Sequence[PassageText], progress: Callable[[int], None] | None = None
    ) -> list[PassageEmbeddings]:
        """Return the embeddings of passages; see `index.encoders.protocol.Encoder`.

        Args:
            passages: Passages without the model's prefix; each of their texts is read by itself.
            progress: Called from time to time with the number of passages encoded so far.
        """
        return encode_separately(
            passages,
            lambda texts, report: self._encode(texts, self._passage_prompt, report),
            progress,
        )

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Return the embeddings of queries; see `index.encoders.protocol.Encoder`.

        Args:
            texts: Queries without the model's prefix.
        """
        return self._encode(texts, self._query_prompt, None)

    def count_tokens(self, text: str) -> int:
        """Return the tokens of a text as a passage; see `index.encoders.protocol.Encoder`.

        Args:
            text: A text of any length.
        """
        tokenizer: Any = self._model.tokenizer
        text = self._passage_prompt + _LONE_SURROGATE.sub(" ", text)
        if isinstance(tokenizer, transformers.PreTrainedTokenizerBase):
            return len(tokenizer(text, truncation=False, verbose=False)["input_ids"])
        return len(tokenizer.encode(text).ids)

    def _encode(
        self, texts: Sequence[str], prompt: str, progress: Callable[[int], None] | None
    ) -> Embeddings:
        """Encode the longest texts first, those of similar length together, to save padding."""
        texts = [_LONE_SURROGATE.sub(" ", text) for text in texts]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        tokens = [np.empty((0, self.dimension), np.float32)] * len(texts)
        prompt_length = self._token_extractor.count_prompt_tokens(prompt)
        done = 0
        for batch in _iter_batches(texts):
            outputs: Any = self._model.encode(
                [texts[index] for index in batch],
                prompt=prompt,
                batch_size=len(batch),
                show_progress_bar=False,
                output_value=None,
            )
            for index, features in zip(batch, outputs, strict=True):
                vector = features["sentence_embedding"].float().cpu().numpy()
                vectors[index] = vector / max(float(np.linalg.norm(vector)), _EPSILON)
                if self._token_extractor.is_supported:
                    tokens[index] = self._token_extractor.extract(features, prompt_length)
            done += len(batch)
            if progress is not None:
                progress(done)
        return Embeddings(vectors, tuple(tokens))


class _TokenExtractor:
    """Selects the vectors of content tokens from a model's output.

    Attributes:
        is_supported: Whether tokens can be compared: a text's vector must be their mean.
    """

    def __init__(self, model: SentenceTransformer, dimension: int) -> None:
        self._tokenizer: Any = model.tokenizer
        pooling = [module for module in model if isinstance(module, Pooling)]
        self.is_supported = (
            isinstance(self._tokenizer, transformers.PreTrainedTokenizerBase)
            and len(pooling) == 1
            and pooling[0].pooling_mode == "mean"
            and pooling[0].embedding_dimension == dimension
            and dimension % 2 == 0
        )

    @cached_property
    def _is_content_token(self) -> BoolArray:
        pieces = self._tokenizer.convert_ids_to_tokens(list(range(len(self._tokenizer))))
        is_content = np.array([*map(contains_letter_or_digit, pieces)], dtype=np.bool_)
        is_content[self._tokenizer.all_special_ids] = False
        return is_content

    def count_prompt_tokens(self, prompt: str) -> int:
        """Return how many tokens precede a text: the prompt and the first special token."""
        return len(self._tokenizer(prompt.rstrip())["input_ids"]) - 1 if self.is_supported else 0

    def extract(self, features: Mapping[str, Any], prompt_length: int) -> Vectors:
        """Return the vectors of the content tokens of a text, [tokens, dimension]."""
        ids = features["input_ids"].cpu().numpy()[prompt_length:]
        is_content = self._is_content_token[ids]
        return np.asarray(
            features["token_embeddings"].float().cpu().numpy()[prompt_length:][is_content]
        )


def _iter_batches(texts: Sequence[str]) -> Iterator[list[int]]:
    """Yield the indices of texts in batches of about `_BATCH_BYTES` each, padding included.

    UTF-8 takes about four bytes a token in Chinese and in English, so tokens need not be counted.
    """
    sizes = [len(text.encode()) for text in texts]
    batch: list[int] = []
    for index in sorted(range(len(texts)), key=sizes.__getitem__, reverse=True):
        if batch and (len(batch) + 1) * sizes[batch[0]] > _BATCH_BYTES:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _load_model(folder: Path) -> SentenceTransformer:
    """Return the model; in bfloat16 where the processor supports it, but pooled in float32."""
    with quiet_loading():
        model = SentenceTransformer(str(folder), local_files_only=True)
    if model.device.type == "cpu":
        model.float()
        if _has_bfloat16() and hasattr(model[0], "auto_model"):
            model[0].bfloat16()
            model[0].register_forward_hook(_to_float32)
    return model


def _has_bfloat16() -> bool:
    """Return whether the processor multiplies bfloat16 matrices; emulation is slower."""
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("amx_bf16") or capabilities.get("avx512_bf16"))


def _to_float32(
    _module: torch.nn.Module, _inputs: tuple[Any, ...], features: dict[str, Any]
) -> dict[str, Any]:
    """Convert to float32: a mean of hundreds of bfloat16 vectors would lose two more digits."""
    return {
        name: value.float()
        if isinstance(value, torch.Tensor) and value.is_floating_point()
        else value
        for name, value in features.items()
    }


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Suppress progress bars and warnings while a model is loaded; Tongzhu shows its own.

    Yields:
        Nothing.
    """
    logging: Any = transformers.utils.logging  # Any, for its functions are untyped
    verbosity, shows_progress = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if shows_progress:
            logging.enable_progress_bar()


def _compute_fingerprint(folder: Path) -> str:
    """Return a SHA-256 of what determines the vectors: configurations, and samples of the weights.

    Training changes weights everywhere, so samples tell models apart without reading gigabytes.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".json", ".txt", ".model", ".safetensors", ".bin"}:
            continue
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()} {size}\n".encode())
        with path.open("rb") as file:
            for sample in range(_FINGERPRINT_SAMPLES):
                file.seek(sample * max(size - _SAMPLE_BYTES, 0) // (_FINGERPRINT_SAMPLES - 1))
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()
