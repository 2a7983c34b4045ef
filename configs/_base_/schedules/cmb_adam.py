_base_ = '../default_runtime.py'

# Section 5, "Implement Details". How long the paper trained is not said:
# 100,000 iterations of 16 are 29 epochs of K2HPD.
optim_wrapper = dict(optimizer=dict(type='Adam', lr=2.5e-4, betas=(0.9, 0.999)))
param_scheduler = dict(type='StepLR', by_epoch=False, step_size=1000, gamma=0.95)
train_cfg = dict(by_epoch=True, max_epochs=29, val_interval=1)
auto_scale_lr = dict(base_batch_size=16)
