"""Take out of a page what the theme and Jupyter Book put in and the course does not use; mend wrong roles."""

import re


def drop_icon_script(page: str) -> str:
    """Remove fontawesome.js, 543 KB that do what the icon font does."""
    name = r"(?:fontawesome\.js|fontawesome/js/all\.min\.js)"
    return re.sub(rf"<script[^>]*{name}[^>]*></script>\s*|<link[^>]*{name}[^>]*>\s*", "", page)


def drop_thebe_configuration(page: str) -> str:
    """Remove the inline configuration that thebe leaves in the body."""
    block = r'<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = [^<]*</script>\s*'
    return re.sub(block, "", page, flags=re.DOTALL)


def drop_print_contents(page: str) -> str:
    """Remove the second title and table of contents that the theme hides until a page is printed."""
    block = r'<div id="jb-print-docs-body" class="onlyprint">.*?(?:</div>\s*){3}(?=<div id="searchbox">|<article)'
    return re.sub(block, "", page, flags=re.DOTALL)


def drop_search_code(page: str) -> str:
    """Remove the index and code of the search from pages that only link to it; the search page keeps them."""
    if 'id="search-results"' in page:
        return page
    return re.sub(r'<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>\s*', "", page)


def mend_roles(page: str) -> str:
    """Remove roles, labels and attributes that contradict what they stand on or no standard knows; name the sidebar."""
    page = page.replace('<div role="list" class="citation-list">', '<div class="citation-list">')
    page = page.replace(' role="doc-biblioentry"', "")
    page = page.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    page = re.sub(r'\s*autocorrect="off"', "", page)
    page = re.sub(r'(<button class="btn search-button-field[^>]*?) aria-label="Search"', r"\1", page)
    return re.sub(
        r'(<(?:div|dialog)[^>]*id="pst-primary-sidebar"(?![^>]*role=)[^>]*?)>',
        r'\1 role="complementary" aria-label="Book">',
        page,
        count=1,
    )
