"""Serves the bot: settings → assemble → serve."""

import os
import sys
import threading

from bot.assemble import assemble
from bot.errors import BotError
from bot.redact import redact
from bot.settings import read_settings
from bot.web import logs
from bot.web.serve import serve
from bot.web.site import site_of


def main() -> int:
    """Serve until asked to stop; 2 when the settings are wrong, with a line that says which."""
    try:
        settings = read_settings()
        service = assemble(settings)
    except BotError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    logs.configure(settings.log_level)
    # Gradio makes a folder for uploads, which are closed here; nothing is written outside RW_DATA.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.data / "gradio"))
    threading.Thread(target=service.warm_up, daemon=True).start()
    serve(service, site_of(settings, redact), settings.host, settings.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
