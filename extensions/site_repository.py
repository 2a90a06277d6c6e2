"""What follows from the repository's address: the site's address and prefix, and whether the owner is still open."""

import re
from dataclasses import dataclass

PLACEHOLDER_OWNER = "OWNER"


@dataclass(frozen=True)
class Repository:
    """A repository on GitHub."""

    owner: str
    name: str

    @classmethod
    def parse(cls, url: str) -> "Repository":
        """Read `https://github.com/<owner>/<name>`; raise ValueError for any other address."""
        match = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+?)/?", url)
        if not match:
            raise ValueError(f"repository: url: expected https://github.com/<owner>/<name>, got {url!r}")
        return cls(*match.groups())

    @property
    def is_placeholder(self) -> bool:
        """True while nobody has put the real owner into `_config.yml`."""
        return self.owner == PLACEHOLDER_OWNER

    @property
    def site_prefix(self) -> str:
        """Path under which GitHub Pages serves the site, with both slashes."""
        return "/" if self.name.lower() == f"{self.owner.lower()}.github.io" else f"/{self.name}/"

    @property
    def site_url(self) -> str:
        """Address of the published site."""
        return f"https://{self.owner.lower()}.github.io{self.site_prefix}"
