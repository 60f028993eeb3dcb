"""The web page and the API: a shell without logic over `detente.run`, `detente.run_war` and `detente.report`."""
