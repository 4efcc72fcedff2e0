"""Changes of the library from the page: visitors add files and remove publications.

A change runs in a process of its own (`worker`), which reads every file in another one
(`index.sandbox`) under limits of time and memory. The server (`changes`) runs one change after the
other.
"""
