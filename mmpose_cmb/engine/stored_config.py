"""The config that a checkpoint holds, read as data: nothing in it runs."""

import ast
from typing import Any

from mmengine.config import ConfigDict

# How Python writes floats that have no digits.
NAMED_NUMBERS = dict(inf=float('inf'), nan=float('nan'))


def stored_config(checkpoint: dict, path: str) -> ConfigDict:
    """Read the config out of a checkpoint.

    MMEngine stores it as Python text, and runs that text to read it.

    Args:
        checkpoint (dict): As loaded.
        path (str): Where it was, for messages.

    Raises:
        ValueError: If it holds no config, or one with code in it.
    """
    hub = checkpoint.get('message_hub') or {}
    text = (hub.get('runtime_info') or {}).get('cfg') or (checkpoint.get('meta') or {}).get('cfg')
    if not isinstance(text, str):
        raise ValueError(f'{path}: holds no config; say which one it is of')
    try:
        return ConfigDict(config_of_text(text))
    except ValueError as error:
        raise ValueError(f'{path}: the config in it is not plain data ({error})') from error


def config_of_text(text: str) -> dict:
    """The values of a config that ``Config.pretty_text`` has written.

    Args:
        text (str): Assignments of numbers, texts, lists and dicts.

    Raises:
        ValueError: If there is anything else in it, with the line.

    Example:
        >>> config_of_text("model = dict(type='Net', sizes=(1, 2.5))")
        {'model': {'type': 'Net', 'sizes': (1, 2.5)}}
        >>> config_of_text("import os")
        Traceback (most recent call last):
            ...
        ValueError: line 1: no value is given a name there
    """
    values = {}
    try:
        statements = ast.parse(text).body
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f'no Python: {error}') from error
    for statement in statements:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if not isinstance(target, ast.Name) or len(statement.targets) != 1:
            raise ValueError(f'line {statement.lineno}: no value is given a name there')
        values[target.id] = _value(statement.value)
    return values


def _value(node: ast.expr) -> Any:
    """What an expression of plain data is."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        kind = {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)]
        return kind(_value(item) for item in node.elts)
    if isinstance(node, ast.Dict) and None not in node.keys:
        return {_value(key): _value(item) for key, item in zip(node.keys, node.values)}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _value(node.operand)
        if isinstance(number, (int, float)):
            return -number
    if isinstance(node, ast.Name) and node.id in NAMED_NUMBERS:
        return NAMED_NUMBERS[node.id]
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == 'dict'
        and not node.args
        and all(keyword.arg for keyword in node.keywords)
    ):
        return {keyword.arg: _value(keyword.value) for keyword in node.keywords}
    # Its text is nobody's that should be read on a terminal.
    raise ValueError(f'line {node.lineno}: {type(node).__name__} is code')
