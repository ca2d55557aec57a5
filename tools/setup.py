"""`python tools/setup.py VENV EXTRAS`: make the virtual environment and install the project into it.

Runs with the bare Python of a fresh machine. Torch needs care: on Linux the registry's build brings several GB of
CUDA packages, which nothing here uses on a machine without a GPU. The CPU build is taken from PyTorch's own index when
that can be reached; otherwise from wherever pip is set up to look.
"""

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import venv
from pathlib import Path

OLDEST = (3, 11)
TORCH_INDEX = "https://download.pytorch.org/whl/cpu/"
# Long enough for a slow line, short enough not to be taken for a hang where there is no line at all.
REACHABLE_WITHIN_S = 5


def main() -> int:
    """Set up; 0 when everything is installed, otherwise a line that says what to do."""
    target, extras = Path(sys.argv[1]), sys.argv[2]
    if sys.version_info < OLDEST:
        print(f"Python {'.'.join(map(str, OLDEST))} or newer is needed, this is {sys.version.split()[0]}.")
        print("Install one and say which: make PYTHON=python3.11")
        return 1
    if not (target / "bin" / "python").exists():
        try:
            venv.create(target, with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:
            shutil.rmtree(target, ignore_errors=True)
            print(f"The virtual environment cannot be made ({error}). On Debian: apt-get install python3-venv")
            return 1
    pip = [str(target / "bin" / "python"), "-m", "pip", "install", "--quiet", "--constraint", "constraints.txt"]
    if "build" in extras.split(",") and _install([*pip, *_torch_index(), "torch"]):
        return 1
    return _install([*pip, "--editable", f".[{extras}]"])


def _install(command: list[str]) -> int:
    print("installing:", command[-1], flush=True)
    failed = subprocess.run(command, check=False).returncode
    if failed:
        print("The installation failed; the reason stands above. Is the package registry reachable?")
    return failed


def _torch_index() -> list[str]:
    """Where to look for torch besides the registry."""
    if not sys.platform.startswith("linux") or os.environ.get("RW_TORCH") == "registry":
        return []
    try:
        with urllib.request.urlopen(TORCH_INDEX, timeout=REACHABLE_WITHIN_S):
            return ["--extra-index-url", TORCH_INDEX]
    except (urllib.error.URLError, OSError):
        return []


if __name__ == "__main__":
    sys.exit(main())
