"""The files that publications were read from: found by publication, by path and by content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from index.storage.records import SourceFile


class StoredFiles:
    """Files of publications. What is found, added and removed costs the same however many."""

    def __init__(self, source_files: Mapping[str, SourceFile]) -> None:
        """Take the files.

        Args:
            source_files: The file that each publication was read from, by the publication's id.
        """
        self._files: dict[str, SourceFile] = {}
        self._ids_by_path: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._ids_by_content: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for publication_id, source_file in source_files.items():
            self.add(publication_id, source_file)

    def get(self, publication_id: str) -> SourceFile | None:
        """Return the file of a publication; None if there is no such publication.

        Args:
            publication_id: The publication's id.
        """
        return self._files.get(publication_id)

    def find_path(self, path: str) -> list[str]:
        """Return the ids of the publications that were read from a path, in the order added.

        Args:
            path: The path as it is stored.
        """
        return list(self._ids_by_path.get(path, ()))

    def find_content(self, digest: str) -> dict[str, SourceFile]:
        """Return the files with the same bytes, by the ids of their publications, as added.

        Args:
            digest: The digest of the bytes; what follows, of how they were read, does not matter.
        """
        content = SourceFile("", digest).content_digest
        return {name: self._files[name] for name in self._ids_by_content.get(content, ())}

    def add(self, publication_id: str, source_file: SourceFile) -> None:
        """Add a publication, which must not be there yet.

        Args:
            publication_id: The publication's id.
            source_file: The file that it was read from.
        """
        self._files[publication_id] = source_file
        self._ids_by_path[source_file.path][publication_id] = None
        self._ids_by_content[source_file.content_digest][publication_id] = None

    def remove(self, publication_id: str) -> bool:
        """Return whether there was such a publication, which there is no more.

        Args:
            publication_id: The publication's id.
        """
        source_file = self._files.pop(publication_id, None)
        if source_file is None:
            return False
        del self._ids_by_path[source_file.path][publication_id]
        del self._ids_by_content[source_file.content_digest][publication_id]
        return True
