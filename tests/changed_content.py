"""The content of a file with some entries changed."""

import copy


def changed(content, changes):
    """A copy of nested dictionaries and lists with `changes`: path of keys -> value, None to delete."""
    content = copy.deepcopy(content)
    for path, value in changes.items():
        *inner, last = path
        place = content
        for key in inner:
            place = place[key]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return content
