"""The command line: a shell without logic over `detente.run` and `detente.report`."""
