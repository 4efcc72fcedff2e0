"""Analysis of questions: terms, translations, entities, expected answers, follow-ups."""
