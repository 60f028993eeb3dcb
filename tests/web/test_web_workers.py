"""Processes that compute share the processors: libraries are told before they are loaded, and a user's word stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from detente.web.workers import THREADS

CODE = """\
import json, os, sys
from multiprocessing import Pipe
from detente.web.workers import THREADS, main
ours, theirs = Pipe()
ours.close()
main(theirs, "cold", 3)
print(json.dumps([{name: os.environ[name] for name in THREADS}, "numpy" in sys.modules]))
"""


def test_a_process_has_its_share_of_the_processors_unless_the_user_says_otherwise() -> None:
    environ = {name: value for name, value in os.environ.items() if name not in THREADS} | {THREADS[0]: "7"}
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environ)
    threads, loaded = json.loads(done.stdout)
    assert threads == {THREADS[0]: "7", **dict.fromkeys(THREADS[1:], "3")}
    assert not loaded
