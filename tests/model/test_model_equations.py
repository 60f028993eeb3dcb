"""The axes in the signatures of the equations hold: an argument of other axes is refused while tests run."""

from __future__ import annotations

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from detente.model import equations as eq


def test_a_transposed_argument_is_refused() -> None:
    shares, spending = np.ones((2, 2, 3)), np.ones((2, 3))
    assert eq.sales(shares, shares, spending).shape == (2, 3)
    with pytest.raises(TypeCheckError, match="X_cf"):
        eq.sales(shares, shares, spending.T)
