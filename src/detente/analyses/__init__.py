"""One folder a question, and the registry from which command line, API, page and report are made."""
