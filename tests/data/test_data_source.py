import pytest
from pydantic import ValidationError

from detente.data.world import Source
from detente.errors import BadInput

TEXT = "The two sides met.\nThey agreed on\nsome issues."


def test_a_source_names_a_quote_a_document_or_an_address():
    assert Source(quote="They agreed").document is None
    with pytest.raises(ValidationError, match="give a quote, a document or a url"):
        Source(note="heard it somewhere")


@pytest.mark.parametrize("span", [(5, 5), (9, 3), (-1, 4)])
def test_an_empty_or_negative_span_is_refused(span):
    with pytest.raises(ValidationError, match="empty or negative"):
        Source(document="d", span=span)


def test_a_span_needs_its_document_and_keys_are_known():
    with pytest.raises(ValidationError, match="name the document"):
        Source(quote="q", span=(0, 1))
    with pytest.raises(ValidationError, match="Extra inputs"):
        Source.model_validate({"quote": "q", "page": 3})


def test_a_quote_is_verified_against_its_document():
    Source(quote="They agreed on some issues.", document="d").verify(TEXT)
    Source(quote="two sides", document="d", span=(4, 13)).verify(TEXT)
    Source(document="d").verify(TEXT)
    with pytest.raises(BadInput, match="does not say"):
        Source(quote="They agreed on all issues.", document="d").verify(TEXT)
    with pytest.raises(BadInput, match="mend the span"):
        Source(quote="two sides", document="d", span=(5, 14)).verify(TEXT)
