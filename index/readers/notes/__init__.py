"""Notes of any kind of file: the references they cite, and the notes they stand for."""
