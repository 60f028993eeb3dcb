"""The transposed pass against automatic differentiation of the pass, which knows nothing of its formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.model.benchmark import Deficits
from detente.model.shock import Wedges
from detente.solver import pass_adjoint
from detente.solver.equilibrium import equilibrium, given_of
from detente.solver.fixed_point import Flows, Given, Unknowns, Weights, flows, joint_pass, weights
from detente.solver.pass_adjoint import OutcomeSlopes, PassAdjoint

#: Rounding of some hundred sums, over the largest entry of the block.
ROUNDING = 1e-10
CLOSURES = ("fixed", "balanced", "proportional")
WORLDS: dict[str, Callable[[Deficits], dt.Economy]] = {
    "empty sectors": lambda deficits: dt.calibrate(
        toy_world(23, n=4, j=3, empty=2), [3.0, 5.0, 8.0], deficits=deficits
    ),
    "no input links": lambda deficits: dt.calibrate(toy_world(5, io=False), [4.0, 20.0], deficits=deficits),
    "profits": lambda deficits: monopolistic(deficits),
}


class Place(NamedTuple):
    """An economy after a shock, as the pass takes it."""

    economy: dt.Economy
    given: Given
    wedges: Wedges
    x: Unknowns
    closure: Deficits

    @property
    def cells(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        return self.wedges.K, self.wedges.v, self.wedges.h

    @property
    def adjoint(self) -> PassAdjoint:
        return PassAdjoint.at(self.given, self.x, weights(self.given, *self.cells), self.closure, pairs=True)


def monopolistic(deficits: Deficits) -> dt.Economy:
    world = toy_world(3, io=False)
    names = {"economies": world.economies, "sectors": world.sectors}
    return dt.Economy.monopolistic(world.flows, world.tariffs, [5.0, 7.0], deficits, **names)  # type: ignore[arg-type]


def shocked(economy: dt.Economy, charges: bool, cost: float = 1.0, seed: int = 0) -> Place:
    """Random tariffs on top of those there are, and export charges; ``cost`` is the change of every trade cost."""
    draw = np.random.default_rng(seed)
    abroad = (1 - np.eye(len(economy.economies)))[:, :, None] * np.ones(economy.t.shape)
    shock = dt.Shock(
        t_cf=economy.t + draw.uniform(0, 0.3, abroad.shape) * abroad,
        e_cf=draw.uniform(0, 0.3, abroad.shape) * abroad if charges else None,
        d_hat=np.where(abroad > 0, cost, 1.0),
    )
    wedges = shock.wedges(economy)
    x = equilibrium(economy, wedges, "long").unknowns
    return Place(economy, given_of(economy, economy.D, "long"), wedges, x, economy.deficits)


def rows(place: Place, flat: np.ndarray) -> np.ndarray:
    """Derivatives by (ln w, ln P, ln X), one scalar a row, as the adjoint has them: sector first, the scalar last."""
    n, j = place.economy.X.shape
    of_w, of_P, of_X = np.split(flat, [n, n + n * j], axis=1)
    return np.concatenate([of_w.T[None], *(part.reshape(-1, n, j).transpose(2, 1, 0) for part in (of_P, of_X))])


def differentiated(place: Place, cotangents: np.ndarray) -> np.ndarray:
    """(∂g/∂x)ᵀ y of each row y of cotangents, by jax."""
    with jax.enable_x64(True):
        given, K, v, h, x = jax.tree.map(jnp.asarray, (place.given, *place.cells, place.x))
        weight = weights(given, K, v, h)

        def g(z: jax.Array) -> jax.Array:
            return joint_pass(x.unstacked(z), given, weight, place.closure, "long").stacked()

        _, pull = jax.vjp(g, x.stacked())
        return np.stack([np.asarray(pull(jnp.asarray(y))[0]) for y in cotangents])


def assert_transposed(place: Place) -> None:
    drawn = np.random.default_rng(1).standard_normal((3, place.x.stacked().size))
    found, expected = place.adjoint(rows(place, drawn)), rows(place, differentiated(place, drawn))
    j = len(place.economy.sectors)
    for block in (slice(0, 1), slice(1, 1 + j), slice(1 + j, None)):
        size = np.abs(expected[block]).max()
        np.testing.assert_allclose(found[block], expected[block], rtol=0, atol=ROUNDING * size)


@pytest.mark.parametrize("charges", [False, True])
@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("world", WORLDS)
def test_the_pass_is_transposed(world: str, closure: Deficits, charges: bool) -> None:
    assert_transposed(shocked(WORLDS[world](closure), charges))


def test_the_pass_is_transposed_away_from_an_equilibrium() -> None:
    """Steps of wages and the scale of (8) are not zero there."""
    place = shocked(WORLDS["empty sectors"]("proportional"), True)
    moved = Unknowns(*(part + np.random.default_rng(2).uniform(-0.2, 0.2, part.shape) for part in place.x))
    assert_transposed(place._replace(x=moved))


@pytest.mark.parametrize("closure", ["balanced", "proportional"])
def test_the_pass_is_transposed_where_almost_nothing_is_traded(closure: Deficits) -> None:
    """Own sales 1e12 times trade: an adjoint that took them from sums over all partners would be rounding."""
    economy = dt.calibrate(toy_world(23, n=4, j=3), [3.0, 5.0, 8.0], deficits="balanced")
    place = shocked(economy, True, cost=1e3)
    assert_transposed(place._replace(closure=closure))


@pytest.mark.parametrize(("elasticities", "closure"), [("U4", "fixed"), ("CP", "proportional")])
def test_the_pass_is_transposed_on_a_real_world(elasticities: str, closure: Deficits) -> None:
    economy = dt.calibrate(dt.load_world("icio-2017"), elasticities=elasticities, deficits=closure)
    assert_transposed(shocked(economy, elasticities == "CP"))


def outcomes(place: Place, lanes: int = 3) -> OutcomeSlopes:
    """Scalars with random weights on everything that they may depend on."""
    draw, (n, j) = np.random.default_rng(4), place.economy.X.shape
    per = 1.0 / place.economy.I[:, None]
    sales, pairs = draw.standard_normal((j, n, lanes)) * per, draw.standard_normal((n, n, lanes)) * per
    return OutcomeSlopes(
        draw.standard_normal((j, n, lanes)), sales, *(draw.standard_normal((3, n, lanes)) * per), between=pairs
    )


def weighed(outcome: OutcomeSlopes, lane: int, x: Unknowns, f: Flows) -> jax.Array:
    """The scalar of one lane, linear in what it depends on."""
    total = (outcome.ln_P[:, :, lane].T * x.ln_P).sum() + (outcome.Y[:, :, lane].T * f.Y).sum()
    for of, value in ((outcome.R, f.R), (outcome.rents, f.rents), (outcome.D, f.D)):
        total += (of[:, lane] * value).sum()
    assert outcome.between is not None
    return total + (outcome.between[:, :, lane] * f.between).sum()


@pytest.mark.parametrize(
    ("world", "closure", "charges"),
    [
        *(("empty sectors", closure, True) for closure in ("fixed", "proportional")),
        # whole Jacobians compile for seconds, and these take their closure and their charges from the others
        pytest.param("empty sectors", "balanced", True, marks=pytest.mark.slow),
        *(pytest.param("empty sectors", closure, False, marks=pytest.mark.slow) for closure in CLOSURES),
        ("no input links", "fixed", True),
        ("profits", "proportional", True),
    ],
)
def test_slopes_over_rates_are_those_of_the_equilibrium(world: str, closure: Deficits, charges: bool) -> None:
    """Against dF/dy = F_y + g_yᵀ (1 − g_xᵀ)⁻¹ F_x, y = ln(1+t), derivatives by jax, solved densely."""
    place = shocked(WORLDS[world](closure), charges)
    outcome, theta, n = outcomes(place), place.economy.theta, len(place.economy.economies)
    adjoint = place.adjoint
    by_weights, _, residual = adjoint.slopes(outcome, None, 1e-12)
    assert residual <= 1e-12
    with jax.enable_x64(True):
        given, K, v, h, x = jax.tree.map(jnp.asarray, (place.given, *place.cells, place.x))

        def weight(y: jax.Array) -> Weights:
            return weights(given, K * jnp.exp(-theta * y), v * jnp.exp(-y), h)

        def g(z: jax.Array, y: jax.Array) -> jax.Array:
            return joint_pass(x.unstacked(z), given, weight(y), closure, "long").stacked()

        def scalars(z: jax.Array, y: jax.Array) -> jax.Array:
            at = x.unstacked(z)
            f = flows(at, given, weight(y), closure, pairs=True)
            return jnp.stack([weighed(outcome, lane, at, f) for lane in range(3)])

        here = (x.stacked(), jnp.zeros(K.shape))
        g_x, g_y = jax.jacrev(g, (0, 1))(*here)
        F_x, F_y = jax.jacrev(scalars, (0, 1))(*here)
        solved = np.linalg.solve(np.eye(len(g_x)) - np.asarray(g_x).T, np.asarray(F_x).T)
        expected = np.asarray(F_y) + np.einsum("xp,xnij->pnij", solved, np.asarray(g_y))
    abroad = ~np.eye(n, dtype=bool)
    for lane in range(3):
        found = adjoint.over_rates(by_weights, np.arange(n), np.full(n, lane))
        size = np.abs(expected[lane]).max()
        np.testing.assert_allclose(found[abroad], expected[lane][abroad], rtol=0, atol=1e-9 * size)


MANY = 9
"""Scalars enough for most passes to be in single precision."""


def lane_of(outcome: OutcomeSlopes, lane: int) -> OutcomeSlopes:
    return OutcomeSlopes(*(None if part is None else part[..., lane : lane + 1] for part in outcome))  # type: ignore[arg-type]


@pytest.mark.parametrize(("closure", "cost"), [("fixed", 1.0), ("balanced", 1e3)])
def test_many_scalars_have_the_slopes_they_have_alone(closure: Deficits, cost: float) -> None:
    """Whatever precision passes have in between; also where own sales are 1e12 times trade."""
    place = shocked(dt.calibrate(toy_world(23, n=4, j=3), [3.0, 5.0, 8.0], deficits=closure), True, cost)
    adjoint, outcome = place.adjoint, outcomes(place, MANY)
    together, _, residual = adjoint.slopes(outcome, None, 1e-11)
    assert residual <= 1e-11
    for lane in range(MANY):
        alone, _, _ = adjoint.slopes(lane_of(outcome, lane), None, 1e-11)
        for name in ("ln_T", "imports", "exports", "rents"):
            found, expected = getattr(together, name)[..., lane], getattr(alone, name)[..., 0]
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8 * np.abs(expected).max(), err_msg=name)


def precisions(
    adjoint: PassAdjoint, outcome: OutcomeSlopes, tolerance: float, start: np.ndarray | None = None
) -> list[str]:
    """The precision of every pass."""
    seen = []

    class Watched(PassAdjoint):
        def __call__(self, x: np.ndarray) -> np.ndarray:
            seen.append(x.dtype.name)
            image = super().__call__(x)
            assert image.dtype == x.dtype
            return image

    Watched(**vars(adjoint)).slopes(outcome, start, tolerance)
    return seen


def test_most_passes_of_many_scalars_are_in_single_precision() -> None:
    place = shocked(WORLDS["empty sectors"]("proportional"), True)
    many = precisions(place.adjoint, outcomes(place, MANY), 1e-10)
    assert many.count("float64") <= 6 < many.count("float32")
    assert set(precisions(place.adjoint, outcomes(place, 2), 1e-10)) == {"float64"}


def test_what_single_precision_loses_is_found_in_double(monkeypatch: pytest.MonkeyPatch) -> None:
    place = shocked(WORLDS["empty sectors"]("fixed"), False)
    outcome = outcomes(place, MANY)
    expected, _, _ = place.adjoint.slopes(outcome, None, 1e-11)
    cast = pass_adjoint._in_single
    monkeypatch.setattr(
        pass_adjoint,
        "_in_single",
        lambda value: cast(value) * np.float32(np.nan) if isinstance(value, np.ndarray) else cast(value),
    )
    found, _, residual = place.adjoint.slopes(outcome, None, 1e-11)
    assert residual <= 1e-11
    np.testing.assert_allclose(found.ln_T, expected.ln_T, rtol=0, atol=1e-9 * np.abs(expected.ln_T).max())


def test_a_start_saves_passes_and_changes_nothing() -> None:
    place = shocked(WORLDS["empty sectors"]("fixed"), False)
    adjoint, outcome = place.adjoint, outcomes(place)
    cold, adjoints, _ = adjoint.slopes(outcome, None, 1e-11)
    warm, _, _ = adjoint.slopes(outcome, adjoints, 1e-11)
    assert len(precisions(adjoint, outcome, 1e-11, adjoints)) <= 2 < len(precisions(adjoint, outcome, 1e-11))
    np.testing.assert_allclose(warm.ln_T, cold.ln_T, rtol=0, atol=1e-9 * np.abs(cold.ln_T).max())


def test_the_residual_is_that_of_every_scalar() -> None:
    """A flat scalar and one a million times as steep beside it: each is found to its own size."""
    place = shocked(WORLDS["empty sectors"]("fixed"), False)
    outcome = outcomes(place, lanes=2)
    factors = np.array([1e-6, 0.0])
    scaled = OutcomeSlopes(*(None if part is None else part * factors for part in outcome))
    mixed, both = (place.adjoint.slopes(its, None, 1e-11)[0] for its in (scaled, outcome))
    np.testing.assert_allclose(mixed.ln_T[..., 0], 1e-6 * both.ln_T[..., 0], rtol=1e-8)
    assert (mixed.ln_T[..., 1] == 0).all()


def test_an_adjoint_that_is_not_found_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.solver.pass_adjoint.MAX_PASSES", 3)
    place = shocked(WORLDS["empty sectors"]("fixed"), False)
    assert place.adjoint.slopes(outcomes(place), None, 1e-11)[2] > 1e-11
