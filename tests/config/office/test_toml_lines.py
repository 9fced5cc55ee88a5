"""The line scanner finds the true line, whatever the document looks like."""

import tomllib
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from config.shipped_data import data_dir
from config.toml_lines import line_of, toml_lines
from tests.draws import examples

NAMES = st.sampled_from(["id", "post", "by", "名 称", "a.b", "x-1", "[odd]", "7"])
TROUBLE = st.sampled_from(["", "甲", "]", "[[x]]", "}", "#", "a = 1", ",", "'", "=", "{"])
SCALARS = st.sampled_from(["1", "true", "-2.5e3", "2024-01-31 08:30:00", "inf", "[]", "{}", "[ ]"])
BARE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@dataclass
class Page:
    """A document under construction: its text, and where each key was put."""

    text: str = ""
    lines: dict = field(default_factory=dict)

    @property
    def line(self):
        return self.text.count("\n") + 1

    def add(self, text):
        self.text += text


@st.composite
def documents(draw):
    page = Page()
    write_pairs(draw, page, ())
    for table in draw(st.lists(st.sampled_from(["t1", "t2", "t.3"]), unique=True)):
        if draw(st.booleans()):
            write_table(draw, page, table)
        else:
            write_many(draw, page, table)
    return page


def write_table(draw, page, name):
    blank(draw, page)
    page.lines[name,] = page.line
    page.add(f"[ {quoted(name)} ]{comment(draw)}\n")
    write_pairs(draw, page, (name,))


def write_many(draw, page, name):
    for at in range(draw(st.integers(1, 3))):
        blank(draw, page)
        page.lines[name, at] = page.line
        page.add(f"[[{quoted(name)}]]{comment(draw)}\n")
        write_pairs(draw, page, (name, at))
        for nth in range(draw(st.integers(0, 2))):
            page.lines[name, at, "sub", nth] = page.line
            page.add(f"[[{quoted(name)}.sub]]\n")
            write_pairs(draw, page, (name, at, "sub", nth))
        if draw(st.booleans()):
            page.lines[name, at, "one"] = page.line
            page.add(f"[{quoted(name)} . one]\n")
            write_pairs(draw, page, (name, at, "one"))


def write_pairs(draw, page, path):
    for name in draw(st.lists(NAMES, unique=True, max_size=4)):
        blank(draw, page)
        keys = (name, "inner") if draw(st.booleans()) else (name,)
        page.lines[*path, *keys] = page.line
        page.add(" . ".join(quoted(key) for key in keys) + draw(st.sampled_from([" = ", "="])))
        write_value(draw, page, (*path, *keys), depth=2)
        page.add(comment(draw) + "\n")


def write_value(draw, page, path, *, depth):
    kind = draw(st.sampled_from(["text", "scalar", "lines", "raw", "array", "inline"]))
    if kind == "scalar" or (depth == 0 and kind in {"array", "inline"}):
        page.add(draw(SCALARS))
    elif kind == "array":
        write_array(draw, page, path, depth=depth)
    elif kind == "inline":
        write_inline(draw, page, path, depth=depth)
    else:
        page.add(draw(texts(kind)))


def write_array(draw, page, path, *, depth):
    page.add("[")
    for at in range(draw(st.integers(0, 3))):
        page.add(draw(st.sampled_from(["", " ", "\n  ", " # ] a comment\n"])))
        page.lines[*path, at] = page.line
        write_value(draw, page, (*path, at), depth=depth - 1)
        page.add(draw(st.sampled_from([",", " ,", "\n,"])))
    page.add(draw(st.sampled_from(["]", "\n]", " # end ]\n]"])))


def write_inline(draw, page, path, *, depth):
    page.add("{ ")
    for nth, name in enumerate(draw(st.lists(NAMES, unique=True, max_size=3))):
        page.add(", " if nth else "")
        page.lines[*path, name] = page.line
        page.add(f"{quoted(name)} = ")
        write_value(draw, page, (*path, name), depth=depth - 1)
    page.add(" }")


@st.composite
def texts(draw, kind):
    words = draw(st.lists(TROUBLE, max_size=4))
    if kind == "lines":
        body = draw(st.sampled_from(["\n", " ", '\\"', '""x'])).join(words)
        return '"""' + body + draw(st.sampled_from(["", '"', '""', "\\\\"])) + '"""'
    if kind == "raw":
        return "'''" + "\n".join(words).replace("'", '"') + "'''"
    if draw(st.booleans()):
        return "'" + "".join(words).replace("'", "\\") + "'"
    return '"' + draw(st.sampled_from(['\\"', "\\\\", "\\n"])).join(words) + '"'


def quoted(name):
    return name if set(name) <= BARE else '"' + name + '"'


def comment(draw):
    return draw(st.sampled_from(["", "  # ] \" [x] = '''", " #"]))


def blank(draw, page):
    page.add(draw(st.sampled_from(["", "\n", "# [[person]]\n", "  "])))


def leaves(value, path=()):
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from leaves(inner, (*path, key))


@given(documents())
@settings(max_examples=examples(100), deadline=None)
def test_every_key_is_found_on_its_line(page):
    data = tomllib.loads(page.text)
    found = toml_lines(page.text)
    assert {path: found.get(path) for path in page.lines} == page.lines
    assert set(leaves(data)) | {()} == set(found)


def test_what_is_not_written_falls_to_its_table():
    lines = toml_lines('x = 1\n\n[[person]]\nid = "a"\n\n[[person]]\nid = "b"\n')
    assert line_of(lines, ("person", 1, "id")) == 7
    assert line_of(lines, ("person", 1, "post")) == 6
    assert line_of(lines, ("person", 1, "roles", 3)) == 6
    assert line_of(lines, ("report", "due")) == 1


def test_the_sample_is_known_key_by_key():
    text = (data_dir() / "office" / "sample.toml").read_text("utf-8")
    rows = text.split("\n")
    found = toml_lines(text)
    for path in leaves(tomllib.loads(text)):
        if isinstance(path[-1], str) and len(path) > 1:
            assert path[-1] in rows[found[path] - 1]
