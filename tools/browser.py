"""Makes sure that the browser tests have a browser: installs Debian's Chromium where that is possible, else says so."""

import os
import shutil
import subprocess
import sys

_NOTICE = """
**************************************************************************
*  No Chromium was found: the tests in a real browser will be SKIPPED.   *
*  On Debian or Ubuntu:  sudo apt-get install chromium                   *
**************************************************************************
"""


def main() -> int:
    """Install Chromium as root if it is missing; never fails, a missing browser only means skipped tests."""
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return 0
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        print("installing Debian's Chromium for the browser tests", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run([apt, *arguments], check=False, env=environment, stdout=subprocess.DEVNULL)
        if shutil.which("chromium"):
            return 0
    print(_NOTICE, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
