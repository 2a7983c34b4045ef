# r stays 1: equation 2 fetches nothing from the memory.
_base_ = 'base.py'

custom_hooks = [
    dict(hook, milestones=((0, 1.), ))
    if hook['type'] == 'MemoryRatioHook' else hook
    for hook in _base_.custom_hooks
]
