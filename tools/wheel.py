"""Build sdist and wheel into dist/, and use the wheel as a stranger would: in a new environment outside the checkout.

`python tools/wheel.py` fails where the metadata are not sound, where a file of the package is missing in either or one
too many is there, where the main case does not run from the installed wheel, or where mypy does not see its types.
Needs the extra `release`, and git for the list of files.
"""

from __future__ import annotations

import email
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
SCRIPT = ROOT / "tools/typed_use.py"
CASE = "us-china-2018"
LEGAL = ("LICENSE", "NOTICE")
TOOLS = ("mypy", "pandas-stubs")


def main() -> None:
    """Build, look inside, install, run, type-check; the first thing that is wrong ends it."""
    shutil.rmtree(DIST, ignore_errors=True)
    with tempfile.TemporaryDirectory() as made:
        outside = Path(made)
        # a copy of what is tracked: neither leftovers of the checkout nor its egg-info reach the build
        copy = outside / "copy"
        for name in tracked():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
        run(sys.executable, "-m", "build", "--outdir", DIST, copy, cwd=outside)
        wheel, sdist = (one(DIST.glob(pattern)) for pattern in ("*.whl", "*.tar.gz"))
        run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist)
        look_inside(wheel, sdist)
        use(wheel, outside)
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB; {sdist.name}: {sdist.stat().st_size / 1e6:.1f} MB")


def run(*words: str | Path, cwd: Path = ROOT) -> str:
    """What a command prints, without this checkout on its path. Ends the script where the command fails."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYPYPATH")}
    done = subprocess.run(
        [*map(str, words)], cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def one(paths: Iterator[Path]) -> Path:
    """The only path there is."""
    (path,) = paths
    return path


def tracked() -> list[str]:
    """The files of the checkout, as git lists them."""
    return [name for name in run("git", "ls-files").splitlines() if (ROOT / name).is_file()]


def look_inside(wheel: Path, sdist: Path) -> None:
    """Compare the files with those of the checkout, and the metadata with the package."""
    package = {name.removeprefix("src/") for name in tracked() if name.startswith("src/detente/")}
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        about = email.message_from_bytes(archive.read(one_of(names, ".dist-info/METADATA")))
    same("wheel", package, {name for name in names if name.startswith("detente/")})
    same("licences of the wheel", set(LEGAL), {Path(name).name for name in names if "/licenses/" in name})
    with tarfile.open(sdist) as source:
        inside = {name.partition("/")[2] for name in source.getnames() if not source.getmember(name).isdir()}
    same("sdist", package, {name.removeprefix("src/") for name in inside if name.startswith("src/detente/")})
    same("sdist's top", {*LEGAL, "README.md", "pyproject.toml"}, inside & {*LEGAL, "README.md", "pyproject.toml"})
    check_metadata(about, wheel)


def check_metadata(about: Message, wheel: Path) -> None:
    """The version is that of the file's name, and both legal files are named."""
    if about["Version"] != wheel.name.split("-")[1]:
        raise SystemExit(f"{wheel.name} says that its version is {about['Version']}")
    same("License-File", set(LEGAL), set(about.get_all("License-File", [])))


def one_of(names: set[str], end: str) -> str:
    """The only name with that end."""
    (name,) = (name for name in names if name.endswith(end))
    return name


def same(what: str, wanted: set[str], found: set[str]) -> None:
    """End the script where two lists of files are not the same."""
    if wanted != found:
        raise SystemExit(f"{what}: missing {sorted(wanted - found)}, too many {sorted(found - wanted)}")
    print(f"{what}: {len(found)} files, as in the checkout")


def use(wheel: Path, outside: Path) -> None:
    """Install the wheel into a new environment, run the main case and type-check a script against it."""
    home = outside / "environment"
    venv.create(home, with_pip=True)
    python = home / "bin/python"
    run(python, "-m", "pip", "install", "--quiet", wheel, *TOOLS, cwd=outside)
    place = Path(run(python, "-c", "import detente; print(detente.__file__)", cwd=outside).strip())
    if not place.is_relative_to(home):
        raise SystemExit(f"detente was imported from {place}, not from {home}")
    print(run(home / "bin/detente", "--version", cwd=outside).strip())
    print(*run(home / "bin/detente", "run", CASE, cwd=outside).splitlines()[:3], sep="\n")
    script = shutil.copy(SCRIPT, outside / SCRIPT.name)
    print(run(python, "-m", "mypy", "--strict", script, cwd=outside).strip())
    unneeded = [part for name in ("detente", *TOOLS) for part in ("--exclude", name)]
    held = run(python, "-m", "pip", "freeze", *unneeded, cwd=outside)
    (DIST / "constraints.txt").write_text(held, "utf-8")
    print(f"with {' '.join(held.split())}")


if __name__ == "__main__":
    main()
