"""The form in which a cell's outputs are stored, and in which the strict run compares them with fresh ones."""

import copy
import re

from nbformat import NotebookNode

IMAGE_METADATA = ("width", "height")
STYLE = re.compile(r'<style data-of="course">[^<]*</style>')
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def clean_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Merge streams; drop widget views, the style of the course's outputs, the text beside an image, most metadata."""
    cleaned: list[NotebookNode] = []
    for output in copy.deepcopy(outputs):
        last = cleaned[-1] if cleaned else NotebookNode()
        if output.output_type == "stream" and output.get("name") == last.get("name"):
            last.text += output.text
            continue
        if "data" in output:
            output.data.pop(WIDGET_VIEW, None)
            if "text/html" in output.data:
                output.data["text/html"] = STYLE.sub("", output.data["text/html"])
            if any(kind.startswith("image/") for kind in output.data):
                output.data.pop("text/plain", None)
            output.metadata = _image_size(output.metadata)
        cleaned.append(output)
    return cleaned


def _image_size(metadata: NotebookNode) -> NotebookNode:
    size = {key: value for key, value in metadata.get("image/png", {}).items() if key in IMAGE_METADATA}
    return NotebookNode({"image/png": NotebookNode(size)} if size else {})
