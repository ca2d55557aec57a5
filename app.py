"""Serves the bot: settings → assemble → serve."""

import os
import sys
import threading

from bot.assemble import assemble
from bot.errors import BotError
from bot.settings import read_settings
from bot.web.serve import serve


def main() -> int:
    """Serve until asked to stop; 2 when the settings are wrong, with a line that says which."""
    try:
        settings = read_settings()
        service = assemble(settings)
    except BotError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    # Gradio makes a folder for uploads, which are closed here; nothing is written outside RW_DATA.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.data / "gradio"))
    threading.Thread(target=service.warm_up, daemon=True).start()
    serve(service, settings.host, settings.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
