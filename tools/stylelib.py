# SPDX-FileCopyrightText: 2026 The Tarn authors
# SPDX-License-Identifier: MIT
"""stylelib -- what the style scripts share

A script calls main(check, good, bad).  check(root) returns the breaches below a root, each as
"file:line: what"; what it prints itself is for people.  good and bad are trees of small files,
{path: text}, for --self-test: the good ones must have no breach, each bad one at least the breaches
it names.
"""

import contextlib
import io
import os
import re
import sys
import tempfile

SPDX = "// SPDX-FileCopyrightText: 2026 The Tarn authors\n// SPDX-License-Identifier: MIT\n"

# A comment, a string or a character: whichever begins first.
TOKENS = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)


def files(root, folders, suffixes):
    """Paths, relative to root, of the files in folders that end in one of suffixes."""
    found = []
    for folder in folders:
        for where, inner, names in os.walk(os.path.join(root, folder)):
            inner[:] = sorted(set(inner) - {".git", "build", "__pycache__"})
            found += [os.path.relpath(os.path.join(where, name), root)
                      for name in names if name.endswith(tuple(suffixes))]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def blank(text):
    """Spaces in place of everything but line ends."""
    return re.sub(r"[^\n]", " ", text)


def without_comments(text, strings=True):
    """The same text, comments (and, unless strings, what strings hold) blanked; offsets stay."""
    def replace(match):
        token = match.group()
        if token.startswith("/"):
            return blank(token)
        return token if strings else token[0] + blank(token[1:-1]) + token[-1]
    return TOKENS.sub(replace, text)


def without_directives(text):
    """The same text, preprocessor directives blanked, with the lines they go on to."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda match: blank(match.group()), text,
                  flags=re.M)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def closing(text, offset):
    """The offset of what closes the bracket at offset, or -1."""
    depth = 0
    for here in range(offset, len(text)):
        if text[here] in "([{":
            depth += 1
        elif text[here] in ")]}":
            depth -= 1
            if depth == 0:
                return here
    return -1


def write_tree(root, tree):
    for path, text in tree.items():
        whole = os.path.join(root, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(text)


def self_test(check, good, bad):
    """Returns what is wrong with the script itself."""
    wrong = []
    for number, tree in enumerate(good):
        with tempfile.TemporaryDirectory() as root:
            write_tree(root, tree)
            wrong += [f"good input {number} is refused: {breach}" for breach in check(root)]
    for number, (tree, wanted) in enumerate(bad):
        with tempfile.TemporaryDirectory() as root:
            write_tree(root, tree)
            breaches = check(root)
        for want in wanted:
            if not any(want in breach for breach in breaches):
                wrong.append(f"bad input {number} passes: nothing says '{want}' in {breaches}")
    return wrong


def main(check, good, bad):
    name = os.path.basename(sys.argv[0])
    if sys.argv[1:] == ["--self-test"]:
        with contextlib.redirect_stdout(io.StringIO()):
            breaches = self_test(check, good, bad)
        print(f"{name}: {len(good)} good and {len(bad)} bad inputs")
    elif len(sys.argv) <= 2:
        here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
        breaches = check(os.path.normpath(sys.argv[1] if len(sys.argv) == 2 else here))
    else:
        breaches = [f"usage: {name} [--self-test | ROOT]"]
    for breach in breaches:
        print(breach)
    sys.exit(1 if breaches else 0)
