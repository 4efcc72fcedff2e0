"""Progress bars for a terminal, with rate and time left."""

from __future__ import annotations

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

from index.messages import Language, MessageCatalogue
from index.update.progress import ProgressEvent
from ui.cli.terminal import DIM, RED, create_console

_MESSAGES = MessageCatalogue("ui", "cli")


class ProgressBars:
    """A context that shows a progress bar for each stage on stderr; silent in a pipe."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._tasks: dict[str, TaskID] = {}
        screen = create_console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(complete_style=RED, finished_style=DIM, pulse_style=DIM),
            MofNCompleteColumn(),
            _RateColumn(language),
            console=screen,
            disable=not screen.is_terminal,
            transient=True,
        )

    def __enter__(self) -> ProgressBars:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def show_progress(self, event: ProgressEvent) -> None:
        """Show a step of `index.update.update.update_library`."""
        self._update_bar(
            _MESSAGES[f"stage.{event.stage}"].in_language(self._language), event.done, event.total
        )

    def show_questions(self, system: str, done: int, total: int) -> None:
        """Show how many questions of an evaluation a system has answered."""
        self._update_bar(
            _MESSAGES["asking_system"].in_language(self._language, system=system), done, total
        )

    def _update_bar(self, name: str, done: int, total: int) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[name], completed=done, total=total)


class _RateColumn(ProgressColumn):
    """Rate and time left, in the reader's language."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language

    def render(self, task: Task) -> Text:
        """Return the column's text for one bar."""
        if task.finished or not task.speed or task.time_remaining is None:
            return Text("")
        rate = _MESSAGES["rate_per_second"].in_language(self._language, rate=f"{task.speed:.0f}")
        minutes, seconds = divmod(int(task.time_remaining), 60)
        time_left = _MESSAGES["time_left"].in_language(
            self._language, time=f"{minutes}:{seconds:02d}"
        )
        return Text(f"{rate} · {time_left}", DIM)
