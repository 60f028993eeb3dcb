"""Duties by the unit as fractions of what the goods were worth at the border in the base year."""

from __future__ import annotations

from detente.errors import BadMeasure
from detente.policy.measure import Measure, TariffLine


def unit_rate(measure: Measure, exporter: str, sector: str, line: TariffLine | None = None) -> float:
    """The specific duty and the carbon charge on goods of a sector and an exporter, a fraction of their base price.

    `line` is the code of the measure's list that the goods are of, whose own unit value and intensity come first.
    Raises BadMeasure where a table of intensities lacks the sector.
    """
    value = (None if line is None else line.unit_value) or measure.unit_value
    rate = 0.0
    if measure.specific is not None and value is not None:
        rate += measure.specific.times_of(value)
    charge = measure.carbon
    if charge is not None:
        own = None if line is None else line.intensity
        table = charge.intensity
        intensity = own or (table.get(sector) if isinstance(table, dict) else table)
        if intensity is None:
            raise BadMeasure(
                f"measure {measure.id!r}: the carbon charge has no intensity of {sector}: add it to intensity, "
                "exempt the sector, or name the sectors of the goods"
            )
        rate += charge.rate(intensity, value, exporter)
    return rate
