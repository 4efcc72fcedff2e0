"""What a change of a library has to do: which files are new, changed, known, or in conflict."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from index import readers
from index.document import Message, Publication
from index.errors import ReadError
from index.storage.records import Origin


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be taken, or an id that could not be removed, and why."""

    item: str
    message: Message


class Incoming(NamedTuple):
    """A publication that was read and goes into the library; `replaces` are ids that it ousts."""

    publication: Publication
    origin: Origin
    replaces: tuple[str, ...]


@dataclass(slots=True)
class Plan:
    """What will be done, as it becomes clear.

    Attributes:
        incoming: By publication id, in the order of the files.
        unchanged: Files whose very bytes the library holds as they are read now, with their
            publication's id.
        removed: Ids of publications that go, and that nothing replaces.
        failed: What cannot be done.
    """

    incoming: dict[str, Incoming] = field(default_factory=dict)
    unchanged: dict[Path, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    @property
    def dropped(self) -> list[str]:
        """All ids of the current generation that are not carried over."""
        replaced = (old for incoming in self.incoming.values() for old in incoming.replaces)
        return list(dict.fromkeys([*self.removed, *replaced]))

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.incoming or self.removed)


class Planner:
    """Takes files and ids one by one, and keeps account of what the library will hold."""

    def __init__(
        self,
        held: Mapping[str, Origin],
        read: Callable[[Path], Publication],
        places: Mapping[Path, str],
    ) -> None:
        self._plan = Plan()
        self._held = dict(held)
        self._read = read
        self._places = places

    def remove(self, publication: str) -> None:
        """Takes the id of a publication that has to go."""
        if self._held.pop(publication, None) is None:
            self._plan.failed.append(Failure(publication, _unknown(publication)))
        else:
            self._plan.removed.append(publication)

    def add(self, file: Path) -> None:
        """Takes a file: reads it if the library does not hold its very bytes."""
        origin = Origin(self._places.get(file) or os.path.realpath(file), _digest(file))
        for identity, held in self._held.items():
            if held.digest == origin.digest:
                self._plan.unchanged[file] = identity
                return
        try:
            publication = self._read(file)
        except ReadError as error:
            self._plan.failed.append(Failure(str(file), error.message))
            return
        rival = self._held.get(publication.id)
        if (
            rival
            and rival.path != origin.path
            and _digest(Path(rival.path))
            not in {
                "",
                origin.digest,
            }
        ):
            self._plan.failed.append(Failure(str(file), _conflict(file, rival)))
            return
        self._take(publication, origin)

    def finish(self) -> Plan:
        """The plan."""
        # A file that was known can be so no more: another one has replaced what it was known by.
        while stale := [file for file in self._plan.unchanged if not self._holds(file)]:
            for file in stale:
                del self._plan.unchanged[file]
                self.add(file)
        return self._plan

    def _holds(self, file: Path) -> bool:
        digest = _digest(file)
        return any(held.digest == digest for held in self._held.values())

    def _take(self, publication: Publication, origin: Origin) -> None:
        ousted = [
            identity
            for identity, held in self._held.items()
            if identity == publication.id or held.path == origin.path
        ]
        replaces: list[str] = []
        for identity in ousted:
            del self._held[identity]
            earlier = self._plan.incoming.pop(identity, None)
            replaces += earlier.replaces if earlier else [identity]
        self._held[publication.id] = origin
        incoming = Incoming(publication, origin, tuple(replaces))
        self._plan.incoming[publication.id] = incoming


def _digest(file: Path) -> str:
    """The digest of a file's bytes and of what reads them; "" where no file can be read."""
    try:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest() if file.is_file() else ""
    except OSError:
        return ""
    return digest and f"{digest} {readers.VERSION}"


def _unknown(publication: str) -> Message:
    return Message(
        f"{publication}: the library has no publication of this id; `tongzhu list` shows them.",
        f"{publication}：館藏中沒有這個編號的刊物；可用 `tongzhu list` 查看。",
    )


def _conflict(file: Path, rival: Origin) -> Message:
    return Message(
        f"{file}: the same publication as {rival.path}, with other contents. "
        "Keep one of the two files, or give them different titles, numbers or dates.",
        f"{file}：與 {rival.path} 為同一刊物，內容卻不同。"
        "請只保留其中一份，或使兩者的刊名、期數或日期有別。",
    )
