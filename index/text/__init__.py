"""What a text is compared by: its language, folded characters, numbers, words and sentences."""
