"""Whether a deal would hold: self-enforcing agreements, and ratification at home."""
