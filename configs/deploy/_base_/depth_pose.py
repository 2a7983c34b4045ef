# What every backend shares. Importing mmpose_cmb.deploy registers the task.
codebase_config = dict(
    type='mmpose',
    task='PoseDetection',
    module=['mmpose_cmb.deploy'],
    # True: the graph itself averages with the mirrored crop; twice the work.
    flip_test=False,
    # False exports the network layer by layer, as it was trained.
    fold=True,
)
