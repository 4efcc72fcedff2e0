"""Loads what the first update of a process loads: tokenizer, dictionary, patterns.

A server that forks the writers of tests imports this once, so that they write at once.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from index import readers
from index.passages import split_publication
from index.storage.records import SourceFile
from index.text.dictionary import load_dictionary
from index.update.entries import build_entry
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to

with tempfile.TemporaryDirectory() as name:
    file = print_to(Path(name), 1, "第1號刊物的第1版", "共同的一段")
    publication = readers.read(file)
    passages = split_publication(publication, HashingEncoder())
    build_entry(publication, SourceFile(str(file), ""), 0, passages)
load_dictionary.cache_clear()  # a connection of SQLite must not be shared with forked processes
