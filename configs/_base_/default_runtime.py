_base_ = 'mmpose::_base_/default_runtime.py'

custom_imports = dict(imports=['mmpose_cmb.register'], allow_failed_imports=False)

# With the seed fixed and EpochSeedHook, a resumed run repeats an
# uninterrupted one to the bit on a CPU.
randomness = dict(seed=0)
custom_hooks = [
    dict(type='SyncBuffersHook'),
    dict(type='CheckpointFitHook'),
    dict(type='FruitlessTrainingHook'),
    dict(type='EpochSeedHook'),
    dict(type='MemoryRatioHook', milestones=((0, 1.0), (10000, 3.0))),
]

visualizer = dict(type='DepthPoseVisualizer')
