"""Small changes of a function's source, one at a time: the mistakes that a check has to notice."""

import ast
import copy
from collections.abc import Iterator

OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.Lt: [ast.LtE, ast.Gt],
}
METHODS = {"amin": "amax", "amax": "amin", "sum": "mean", "mean": "sum", "all": "any", "any": "all"}


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield (description "before -> after", changed source) for every single change of the functions in `source`.

    Operators, comparisons, constants (and with them axes), signs, transposes, slices, branches and reductions.
    """
    tree = ast.parse(source)
    for index, node in enumerate(ast.walk(tree)):
        for number, changed in enumerate(_changes(node)):
            other = copy.deepcopy(tree)
            target = list(ast.walk(other))[index]
            replacement = list(_changes(target))[number]
            other = ast.fix_missing_locations(_Replace(target, replacement).visit(other))
            yield f"{ast.unparse(node)} -> {ast.unparse(changed)}", ast.unparse(other)


class _Replace(ast.NodeTransformer):
    def __init__(self, target: ast.AST, replacement: ast.AST):
        self.target, self.replacement = target, replacement

    def visit(self, node: ast.AST) -> ast.AST:
        return self.replacement if node is self.target else super().visit(node)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in a node's place; the node itself stays as it is."""
    match node:
        case ast.BinOp(left, operator, right):
            for other in OPERATORS.get(type(operator), []):
                yield ast.BinOp(left, other(), right)
            yield ast.BinOp(left, operator, ast.UnaryOp(ast.USub(), right))
        case ast.Compare(left, [operator], right):
            for other in OPERATORS.get(type(operator), []):
                yield ast.Compare(left, [other()], right)
        case ast.Constant(value) if type(value) in (int, float):
            yield ast.Constant(value + 1)
            if value:
                yield ast.UnaryOp(ast.USub(), ast.Constant(value))
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield operand
        case ast.Attribute(value, "T"):
            yield value
        case ast.Attribute(value, name) if name in METHODS:
            yield ast.Attribute(value, METHODS[name], ast.Load())
        case ast.Slice(None, upper, None) if upper is not None:
            yield ast.Slice(upper, None, None)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
