"""What a question asks: its terms, translations, entities and the answer it expects."""
