"""Text tables: what a page's short tables of text say, as they are read."""

import re
from html import unescape

from streamlit.testing.v1 import AppTest


def text_tables(app: AppTest) -> list[list[list[str]]]:
    """The cells of each, row by row, without the head."""
    bodies = [each.proto.body for each in app.get("html") if 'class="text-table"' in each.proto.body]
    rows = [re.findall(r"<tr>(<td>.*?)</tr>", body) for body in bodies]
    return [[[unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", row)] for row in table] for table in rows]
