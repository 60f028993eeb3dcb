"""Notes that differ in a name or a day are told once, and nothing that they say is lost."""

from __future__ import annotations

from detente.report.alike import counted_together, told_together

LINES = "products weigh by imports of USA from {} in 2024 by line of ten digits"
REST = "products weigh by imports of USA from all partners (customs records by line have no row for {}) in 2024"


def test_partners_of_one_note_are_listed_at_the_place_of_the_first() -> None:
    told = told_together(
        [LINES.format("CAN"), "something else", REST.format("BLR"), LINES.format("MEX"), REST.format("BRN")]
    )
    assert told == (LINES.format("CAN, MEX"), "something else", REST.format("BLR, BRN"))


def test_days_are_in_order_and_quoted_names_keep_their_marks() -> None:
    days = [f"EU is read as the 27 members on {day}" for day in ("2025-09-16", "2025-04-03", "2025-09-16")]
    assert told_together(days) == ("EU is read as the 27 members on 2025-04-03, 2025-09-16",)
    quoted = [f"measure '{name}': 6 lines weigh nothing" for name in ("metals", "metals-gbr")]
    assert told_together(quoted) == ("measure 'metals', 'metals-gbr': 6 lines weigh nothing",)


def test_notes_of_other_amounts_stay_apart() -> None:
    notes = ("list a: 6 lines", "list a: 7 lines", "list a: 7.5 lines of 25%", "list a: 7.5 lines of 30%")
    assert told_together(notes) == notes


def test_many_names_are_counted() -> None:
    (told,) = told_together(f"weighs by imports from X{k:02d} of 2024" for k in range(60))
    assert told == f"weighs by imports from {', '.join(f'X{k:02d}' for k in range(12))} and 48 more of 2024"


def test_nothing_is_told_of_nothing() -> None:
    assert told_together([]) == ()


def test_counts_of_many_measures_are_one_note_with_every_count_and_measure() -> None:
    notes = [
        "measure 'a', 'b': 3 lines weigh nothing (1, 2, 3)",
        "products weigh by imports",
        "measure 'c': 1,204 lines weigh nothing (4, 5 and 1,202 more)",
        "measure 'd': 2 exempt lines weigh nothing (6, 7)",
        "measure 'e': 1 lines weigh nothing (8)",
    ]
    one = "lines weigh nothing: 3 of 'a', 'b'; 1,204 of 'c'; 1 of 'e'"
    assert counted_together(notes) == (one, notes[1], notes[3])
    assert counted_together(notes[:3]) == tuple(notes[:3])
