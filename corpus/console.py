"""How a command of ours ends, whoever reads its output."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import NoReturn

_INTERRUPTED = 130
"""What shells report of a program ended by Ctrl-C."""


def run(main: Callable[[], int]) -> NoReturn:
    """Run a command and exit with its code; without a trace when it is interrupted or its reader has gone."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show a character is no reason to stop
    try:
        code = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except BrokenPipeError:  # `… | head`: what is left goes nowhere, or the interpreter complains at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
