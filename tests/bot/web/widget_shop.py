"""Shop pages that carry the widget: a plain one, one with a strict policy, and one that means it no good."""

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response

PLAIN = (
    '<!doctype html><html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Shop</title><main><h1>Shop</h1>{body}</main>"
)
SCRIPT = '<script src="{server}/widget.js" defer {settings}></script>'
HOSTILE_PAGE = """<style>
* {{ all: unset !important }}
html {{ font-size: 40% !important }}
rueckenwind-chat, dialog, button {{ display: none !important; transform: rotate(20deg) !important }}
.cover {{ position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; background: red !important }}
</style>
<script>
// The page's own methods do for its own scripts, and for the browser's driver; for the widget's they are broken.
const broken = () => new Error().stack.includes("/widget");
for (const name of Object.getOwnPropertyNames(Array.prototype)) {{
  const own = Array.prototype[name];
  if (typeof own === "function" && name !== "constructor") {{
    Array.prototype[name] = function (...given) {{
      if (broken()) throw new Error("the page's own " + name);
      return Reflect.apply(own, this, given);
    }};
  }}
}}
for (const kind of [Array, Object, String]) {{
  Object.defineProperty(kind.prototype, "toJSON", {{ get: () => (broken() ? () => "spoilt" : undefined), set() {{}} }});
}}
Array.prototype.extra = 1;
window.$ = window.jQuery = window._ = () => {{ throw new Error("the page's own $"); }};
window.before = Object.keys(window).length;
window.keys = 0;
document.addEventListener("keydown", () => {{ window.keys += 1; }});
</script>
<input id="search" placeholder="shop search"><div class="cover"></div>"""


def shop(server: str) -> FastAPI:
    """A shop on another origin: `/`, `/strict` with a strict policy, `/hostile`."""
    app = FastAPI()
    policy = "default-src 'none'; " + "; ".join(f"{d}-src {server}" for d in ("script", "style", "connect", "img"))

    def page(settings: str, lang: str, body: str, headers: dict[str, str] | None = None) -> Response:
        script = SCRIPT.format(server=server, settings=settings)
        return HTMLResponse(PLAIN.format(lang=lang, body=body) + script, headers=headers)

    @app.get("/", response_model=None)
    async def plain(lang: str = "de", settings: str = "") -> Response:
        return page(settings, lang, "")

    @app.get("/favicon.ico", response_model=None)
    async def icon() -> Response:
        return Response(status_code=204)

    @app.get("/strict", response_model=None)
    async def strict() -> Response:
        headers = {"content-security-policy": f"{policy}; require-trusted-types-for 'script'"}
        return page("", "de", "", headers)

    @app.get("/hostile", response_model=None)
    async def mean() -> Response:
        return page("", "de", HOSTILE_PAGE.format())

    return app
