"""Read the source of a checkout without running it: its modules, and their functions, imports and arguments."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "helpers/superposition"
CODE_FOLDERS = ("helpers", "tools", "extensions", "tests", "benchmarks")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(root: Path, *folders: str) -> list[Path]:
    """List the Python files below the named folders of a checkout."""
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


def parse(path: Path) -> ast.Module:
    """Parse one file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def layer(root: Path, path: Path) -> str:
    """Name the folder of the package that a file belongs to: empty for the maths modules."""
    parts = path.relative_to(root / PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def package_modules(root: Path) -> Iterator[tuple[Path, str, ast.Module]]:
    """Yield every module of the package: its path, its layer and its tree."""
    for path in python_files(root, PACKAGE):
        yield path, layer(root, path), parse(path)


def public(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the public functions and classes at the top of a module."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node


def public_functions(tree: ast.Module) -> Iterator[Function]:
    """Yield a module's public functions, and the public methods and constructors of its public classes."""
    for node in public(tree):
        if isinstance(node, ast.ClassDef):
            methods = (item for item in node.body if isinstance(item, Function))
            yield from (item for item in methods if item.name == "__init__" or not item.name.startswith("_"))
        elif isinstance(node, Function):
            yield node


def imported(path: Path, tree: ast.Module, package_root: Path) -> Iterator[tuple[str, bool]]:
    """Yield each name that a module imports, in full, with whether the import stands inside a function."""
    inner = {id(node) for outer in ast.walk(tree) if isinstance(outer, Function) for node in ast.walk(outer)}
    here = ("superposition", *path.relative_to(package_root).parent.parts)
    for node in ast.walk(tree):
        lazy = id(node) in inner
        if isinstance(node, ast.Import):
            yield from ((alias.name, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = here[: len(here) - node.level + 1] if node.level else ()
            source = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((f"{source}.{alias.name}", lazy) for alias in node.names)


def function_lengths(root: Path, *folders: str) -> Iterator[tuple[str, int]]:
    """Yield the place of every function and its number of lines, its docstring not counted."""
    for path in python_files(root, *folders):
        for node in ast.walk(parse(path)):
            if isinstance(node, Function):
                docstring = node.body[0] if ast.get_docstring(node) else None
                told = docstring.end_lineno - docstring.lineno + 1 if docstring and docstring.end_lineno else 0
                yield f"{path.relative_to(root)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1 - told


def argument_names(node: Function) -> list[str]:
    """List the names of a function's arguments, self and private ones left out."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [a.arg for a in [*named, *starred] if a.arg not in {"self", "cls"} and not a.arg.startswith("_")]
