"""Prints the versions of everything installed, as a constraints file."""

import re
import subprocess
import sys


def main() -> int:
    """Print the pins, without this project and without what the platform decides."""
    frozen = subprocess.run([sys.executable, "-m", "pip", "freeze", "--exclude-editable"], check=True, capture_output=True)
    print("# The exact versions that `make run` and `make test` install. Made by `make lock`.")
    for line in frozen.stdout.decode().splitlines():
        if "==" in line or " @ " in line:
            name, version = re.split(r"==| @ .*?-(?=\d)", line, maxsplit=1)
            # "+cpu" is one build of the same version; which one fits is decided at installation.
            print(f"{name}=={re.split(r'[+]|-cp|-py', version)[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
