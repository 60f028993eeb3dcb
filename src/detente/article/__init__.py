"""From a news article to a draft of a dispute file; needs the extra `detente[read]` (spaCy, its model, dateparser).

`read_article` reads a text: `Article.draft` is the dispute, `.yaml` its file, `.marks` and `.html` the text with the
words marked that entries rest on.
"""

from detente.article.reader import Article, read_article

__all__ = ["Article", "read_article"]
