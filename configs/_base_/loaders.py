# How samples are drawn; a config adds its dataset.
train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    # With the two lines below each epoch draws its own augmentations, the
    # same ones after a resume.
    persistent_workers=False,
    worker_init_fn=dict(type='seed_worker'),
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
)
val_dataloader = dict(
    batch_size=32,
    num_workers=2,
    persistent_workers=False,
    worker_init_fn=dict(type='seed_worker'),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
test_dataloader = val_dataloader
