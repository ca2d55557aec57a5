"""Prints the versions of everything installed, as a constraints file."""

import subprocess
import sys


def main() -> int:
    """Print the pins, without this project and without what the platform decides."""
    command = [sys.executable, "-m", "pip", "freeze", "--exclude-editable"]
    frozen = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print("# The exact versions that `make run` and `make test` install. Made by `make lock`.")
    for line in frozen.splitlines():
        # "+cpu" is one build of the same version; which one fits is decided at installation.
        print(line.split("+")[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
