"""detente: a workbench for trade disputes."""
