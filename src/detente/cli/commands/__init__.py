"""The commands, one file a group. At module level they load typer alone; the rest waits until a command runs."""
