"""Changes of the library from the page: files that visitors put into it or take out of it.

A change runs in a process of its own (`worker`), which reads every file in yet another one
(`reading`) under limits of time and memory. The server (`changes`) runs one after the other.
"""
