"""A publication on disk becomes passages that can be searched."""
