"""Measure speed and memory, write docs/benchmarks.md, and say which promise is not kept. `make bench` calls this."""

from __future__ import annotations

import sys

import fresh
import page
import scaling
import speed


def main() -> int:
    """Zero when every promise is kept."""
    speeds = {name: speed.measure(name) for name in ("CP", "U4")}
    print("speed measured", flush=True)
    process = fresh.measure()
    print("fresh processes measured", flush=True)
    lines = page.write(speeds, process, scaling.measure())
    for line in lines:
        print(f"{line.found:>10}  ({line.required})  {line.what}{'' if line.met else '  NOT KEPT'}")
    print(f"written: {page.PAGE.relative_to(page.ROOT)}")
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
