"""Reading of files of unknown origin in a separate process, under limits and without rights.

`SandboxedReader` (`client`) starts `worker`, which confines itself (`confinement`) and then reads
files that it is sent, one after the other. `ParallelReader` (`parallel`) has several of them.
"""
