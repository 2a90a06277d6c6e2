"""The content security policy: a page may load from its own site, and run the inline scripts it was built with."""

import hashlib
import re
from base64 import b64encode

INLINE_SCRIPT = re.compile(r"<script\b(?![^>]*\ssrc=)([^>]*)>(.*?)</script>", re.DOTALL)
DATA_TYPES = ("application/", "text/x-")


def inline_scripts(page: str) -> list[str]:
    """Return the text of each inline script that a browser would run, in order and without repeats."""
    found = INLINE_SCRIPT.findall(page)
    runs = [body for attributes, body in found if not any(f'type="{kind}' in attributes for kind in DATA_TYPES)]
    return list(dict.fromkeys(runs))


def source_hash(script: str) -> str:
    """Return the policy's name for one inline script: sha256 of its text, in base64."""
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def policy(page: str) -> str:
    """Return the policy of one page.

    Inline styles stay allowed: MathJax and the theme set them while the page runs. `frame-ancestors` does nothing in
    a meta tag, so it is left out.
    """
    scripts = " ".join(["'self'", *map(source_hash, inline_scripts(page))])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
    )


def with_policy(page: str) -> str:
    """Put the policy into the head, behind the character set and before anything that loads."""
    tag = f'<meta http-equiv="Content-Security-Policy" content="{policy(page)}" />'
    marked, count = re.subn(r"(<meta charset=[^>]*>)", lambda m: f"{m.group(1)}\n    {tag}", page, count=1)
    if not count:
        raise ValueError("a page without <meta charset> has no place for the content security policy")
    return marked
