"""What `tongzhu ask` says of its options, in both languages."""

from __future__ import annotations

from index.messages import Message

HELP_HISTORY = Message(
    "A question asked before it, which it may lean on; the oldest first.",
    "先前問過的問題，供追問時參照；可多次給定，最早的在前。",
)
HELP_PUBLICATION = Message(
    "Only in this publication: its id, or part of its title or number.",
    "限於此刊物：識別碼，或刊名、期數的一部分。",
)
HELP_ARTICLE = Message(
    "Only in articles with this in their title, in either language.",
    "限於篇名含此文字的文章，中英文皆可。",
)
HELP_AUTHOR = Message(
    "Only by authors with this in their name, printed or romanised.",
    "限於姓名含此文字的作者，原文或羅馬拼音皆可。",
)
HELP_TOPIC = Message(
    "Only in articles with this in one of their topics.", "限於類別含此文字的文章。"
)
HELP_AFTER = Message("Only in what was published on this day or later.", "限於此日或之後出版者。")
HELP_BEFORE = Message(
    "Only in what was published on this day or earlier.", "限於此日或之前出版者。"
)
INVALID_DATE = Message(
    "{name} wants a day such as 2025-05-22.", "{name} 須為日期，例如 2025-05-22。"
)
NO_MATCHING_ARTICLES = Message(
    "No article of the library meets these limits; tongzhu list shows what it holds.",
    "館藏中沒有符合這些條件的文章；tongzhu list 可列出館藏內容。",
)
