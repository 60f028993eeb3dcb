"""From a news article to a draft of a dispute file; needs the extra `detente[read]` (spaCy, its model, dateparser).

`read_article` reads a text: `Article.draft` is the dispute, `.yaml` its file, `.marks` and `.html` the text with the
words marked that entries rest on. `update` puts what it says into a case that is there already.
"""

from detente.article.reader import Article, read_article
from detente.article.updating import Change, Update, update

__all__ = ["Article", "Change", "Update", "read_article", "update"]
