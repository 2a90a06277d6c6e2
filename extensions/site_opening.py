"""The opening of a page (title, question, links, promises): marked for the style sheets, links added and dropped."""

import re

TITLE = r"<h1>(?:(?!</h1>).)*</h1>\s*"
QUESTION = r"<em>(?:(?!</?em>).)*</em></p>\s*"
LINK = r"<a\b[^>]*>(?:(?!</a>).)*</a>"
LINKS = rf"<p>((?:{LINK}\s*)+)</p>"
PROMISES = r'<ul class="simple">(?=\s*<li><p><strong>)'
OPENING = re.compile(rf"({TITLE})<p>({QUESTION})(?:{LINKS}(\s*))?(?:{PROMISES})?", re.DOTALL)
COLAB = r'<a\b[^>]*href="https://colab\.research\.google\.com/github/[^"]*"[^>]*>(?:(?!</a>).)*</a>\s*'


def mark_opening(page: str) -> str:
    """Name the parts of an opening by class: the question, the line of links (actions), the list of promises."""

    def one(match: re.Match[str]) -> str:
        title, question, links, space = match.groups()
        marked = f'{title}<p class="question">{question}'
        if links:
            marked += f'<p class="actions">{links}</p>{space}'
        return marked + ('<ul class="promises">' if match.group(0).endswith('<ul class="simple">') else "")

    return OPENING.sub(one, page, count=1)


def drop_colab_links(page: str) -> str:
    """Remove links that open a notebook in Colab, and the line that held nothing else."""
    return re.sub(r'<p class="actions">\s*</p>\s*', "", re.sub(COLAB, "", page, flags=re.DOTALL))


def add_notebook_link(page: str, notebook: str) -> str:
    """Add the notebook's download to the line of links; raise ValueError when the page has no such line."""
    link = f'<a class="reference" href="{notebook}" download>Download the notebook</a>'
    changed, count = re.subn(r'(<p class="actions">.*?)\s*(</p>)', rf"\1 {link}\2", page, count=1, flags=re.DOTALL)
    if not count:
        raise ValueError("expected the page to open with a title, the question in italics, then a paragraph of links")
    return changed


def mark_front(page: str) -> str:
    """Mark the body of the front page, which has a look of its own."""
    return re.sub(r"<body\b", '<body class="front"', page, count=1)
