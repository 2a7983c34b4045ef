"""Work-arounds for the OpenMMLab stack on today's PyTorch, all in one place.

Each function states the cause and the condition under which it does nothing.
None of them switches a check off, and two alone stand before a function of
another package: :func:`let_configs_inherit_ours`, :func:`write_checkpoints_whole`.
"""

import functools
import importlib.machinery
import os
import sys
from importlib import import_module
from types import ModuleType

# Package -> (oldest version that fits, first version that does not, or
# None where none is known).
REQUIREMENTS = {
    # The first whose torch.load reads a checkpoint as data by itself.
    'torch': ('2.6.0', None),
    'mmengine': ('0.10.4', '1.0.0'),
    'mmcv': ('2.0.0', '2.2.0'),
    'mmdet': ('3.0.0', '3.3.0'),
    'mmpose': ('1.3.0', '2.0.0'),
}


def check_requirements() -> None:
    """Name every missing or unfit package of the stack in one message.

    mmcv counts as present when either ``mmcv`` or ``mmcv-lite`` is installed.

    Raises:
        ImportError: If a package is missing or has an unfit version.
    """
    from importlib.metadata import PackageNotFoundError, version

    from packaging.version import Version

    problems = []
    for name, (oldest, too_new) in REQUIREMENTS.items():
        found = None
        for distribution in ('mmcv', 'mmcv-lite') if name == 'mmcv' else (name,):
            try:
                found = version(distribution)
                break
            except PackageNotFoundError:
                continue
        wanted = f'>={oldest}' + (f',<{too_new}' if too_new else '')
        if found is None:
            problems.append(f'{name} is missing (wanted {wanted})')
            continue
        # A local part such as "+cu121" says nothing about the release.
        release = Version(Version(found).public)
        if release < Version(oldest) or (too_new and release >= Version(too_new)):
            problems.append(f'{name} {found} does not fit (wanted {wanted})')
    if problems:
        raise ImportError(
            'mmpose_cmb cannot run here: '
            + '; '.join(problems)
            + '. docs/install.md lists a set of versions that fit.'
        )


def let_idle_threads_sleep() -> None:
    """Keep torch's idle threads from taking cores that others need.

    Cause: OpenMP's threads spin while they wait for each other. With as many
    busy processes as cores (a loader's workers, another training) a step
    then takes several times as long.

    Does nothing where torch is loaded already or ``OMP_WAIT_POLICY`` is set.
    """
    if 'torch' not in sys.modules:
        os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')


class _PlaceholderForMmcvOps:
    """Lets ``mmcv.ops`` be imported where its compiled part is absent.

    Asked by the import system for every module; when that is ``mmcv.ops`` it
    puts the placeholder beside it, and it finds nothing itself.
    """

    @staticmethod
    def find_spec(name: str, path=None, target=None) -> None:
        if name != 'mmcv.ops' or 'mmcv._ext' in sys.modules:
            return
        if importlib.machinery.PathFinder.find_spec('mmcv._ext', path) is None:
            sys.modules['mmcv._ext'] = _missing_ops()


def _missing_ops() -> ModuleType:
    """A module whose attributes are functions that say what is missing."""

    class MissingOps(ModuleType):
        def __getattr__(self, name: str):
            if name.startswith('__'):
                raise AttributeError(name)

            def missing_op(*args, **kwargs):
                raise NotImplementedError(
                    f'mmcv.ops needs the compiled op "{name}", which mmcv-lite '
                    'does not have. Install the full mmcv to use it.'
                )

            return missing_op

    placeholder = MissingOps('mmcv._ext')
    # mmengine asks the loader whether the full mmcv is there: "no loader".
    placeholder.__spec__ = importlib.machinery.ModuleSpec('mmcv._ext', None)
    return placeholder


def provide_mmcv_ops_placeholder() -> None:
    """Let MMPose be imported with mmcv-lite, from now on.

    Cause: MMPose 1.3.2 imports ``mmcv.ops`` unconditionally (``rtmo_head.py``,
    ``edpose_head.py``, and through mmdet), and mmcv-lite lacks the compiled
    ``mmcv._ext`` that those files load. This project calls none of the ops.
    Nothing is imported by this function itself.

    Does nothing where ``mmcv._ext`` exists (the full mmcv). Can go when
    MMPose imports without ``mmcv.ops``.
    """
    if _PlaceholderForMmcvOps not in sys.meta_path:
        sys.meta_path.insert(0, _PlaceholderForMmcvOps)


class _PycocotoolsAsXtcocotools:
    """Finds ``xtcocotools`` in pycocotools; asked when nobody else finds it."""

    @classmethod
    def find_spec(cls, name: str, path=None, target=None):
        if name.partition('.')[0] != 'xtcocotools':
            return None
        return importlib.machinery.ModuleSpec(name, cls, is_package='.' not in name)

    @staticmethod
    def create_module(spec) -> None:
        """An ordinary new module will do."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        same = import_module(module.__name__.replace('xtcocotools', 'pycocotools', 1))
        vars(module).update({k: v for k, v in vars(same).items() if not k.startswith('__')})
        if module.__name__ == 'xtcocotools.cocoeval':
            module.COCOeval = _coco_eval_with_sigmas(same.COCOeval)


def _coco_eval_with_sigmas(base: type) -> type:
    """pycocotools' ``COCOeval`` as MMPose's ``CocoMetric`` calls it."""

    class COCOeval(base):
        def __init__(self, coco_gt, coco_dt, iou_type='segm', sigmas=None, use_area=True):
            if not use_area:
                raise ValueError(
                    'CocoMetric without the area of persons (use_area=False) needs the '
                    'package xtcocotools, which is not installed'
                )
            super().__init__(coco_gt, coco_dt, iou_type)
            if sigmas is not None:
                self.params.kpt_oks_sigmas = sigmas

    return COCOeval


def provide_xtcocotools() -> None:
    """Let MMPose read COCO's files with pycocotools, from now on.

    Cause: MMPose 1.3.2 imports ``xtcocotools``, which has no wheel from
    Python 3.12 on and on ARM, and whose wheels are built for numpy 1.
    ``pycocotools``, which MMDetection needs anyway, is what it was made of.
    Nothing is imported by this function itself.

    Does nothing where ``xtcocotools`` is installed: this finder is the last
    one. Can go when MMPose imports pycocotools.
    """
    if _PycocotoolsAsXtcocotools not in sys.meta_path:
        sys.meta_path.append(_PycocotoolsAsXtcocotools)


def allow_mmengine_checkpoints() -> None:
    """Let ``torch.load(weights_only=True)`` read MMEngine's checkpoints.

    Cause: ``torch.load`` refuses classes it does not know, and MMEngine 0.10
    stores its log history (``HistoryBuffer``, numpy arrays and the buffer's
    own methods) beside the weights. The buffer is allowed; stand-ins that do
    no more than these files need take the place of numpy's functions and of
    ``getattr``.

    Can go when MMEngine registers its own classes.
    """
    import torch
    from mmengine.logging import HistoryBuffer

    from .io.pickled_arrays import CheckpointArray, ElementType, reconstruct, scalar

    allowed: list = [
        HistoryBuffer,
        (ElementType, 'numpy.dtype'),
        (CheckpointArray, 'numpy.ndarray'),
        (_getattr_of_history_buffer, 'builtins.getattr'),
    ]
    for module in ('numpy.core.multiarray', 'numpy._core.multiarray'):
        allowed += [(reconstruct, f'{module}._reconstruct'), (scalar, f'{module}.scalar')]
    torch.serialization.add_safe_globals(allowed)


def _getattr_of_history_buffer(owner, name):
    """``getattr`` for the statistics methods of ``HistoryBuffer`` alone."""
    from mmengine.logging import HistoryBuffer

    allowed = {'min', 'max', 'mean', 'current'}
    if owner is not HistoryBuffer or name not in allowed:
        raise ValueError(
            f'refused to resolve {owner!r}.{name} while loading a checkpoint: '
            f"only HistoryBuffer's {sorted(allowed)} are allowed"
        )
    return getattr(owner, name)


# (message, module that is warned of). Regular expressions, matched from the
# start.
KNOWN_WARNINGS = (
    # MMEngine 0.10, mim and MMDeploy ask setuptools for versions, some by
    # importlib.import_module. Goes with an MMEngine that uses
    # importlib.metadata.
    ('pkg_resources is deprecated as an API', r'(mmengine|mim|mmdeploy|importlib)\b'),
)


def silence_known_warnings() -> None:
    """Say nothing about the stack's own past, of which no user can do a thing.

    Cause: see :data:`KNOWN_WARNINGS`, each of which names the message and
    the module that it is about; everything else is shown as before.

    Does nothing where the user asks for warnings (``-W``,
    ``PYTHONWARNINGS``).
    """
    import warnings

    if sys.warnoptions:
        return
    for message, module in KNOWN_WARNINGS:
        warnings.filterwarnings('ignore', message, module=module)


@functools.lru_cache(maxsize=1)
def init_warp_quietly(warp: ModuleType) -> None:
    """Start Warp so that it speaks of errors only.

    Cause: Warp prints its devices and every kernel that it loads, once per
    process, which ``log_level`` turns off; but its C++ part writes a line of
    its own to the process's stderr where there is no CUDA driver, which no
    option turns off (Warp 1.19, ``cuda_util.cpp``). That line alone is held
    back; a GPU that is asked for and missing is an error of ``check_device``.

    Can go when Warp's C++ part heeds ``log_level``.
    """
    import tempfile

    warp.config.log_level = warp.LOG_ERROR
    with tempfile.TemporaryFile() as said:
        stderr = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            warp.init()
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            said.seek(0)
            for line in said:
                if _NO_CUDA_DRIVER not in line:
                    os.write(2, line)


_NO_CUDA_DRIVER = b'Warp CUDA warning: Could not find or load the NVIDIA CUDA'


def bfloat16_as_numpy():
    """A context in which a bfloat16 tensor is read by numpy as float32.

    Cause: the losses of MMPose's heads take the accuracy of their output with
    numpy, which has no bfloat16. Not installed by :func:`apply`;
    ``BFloat16OptimWrapper`` enters it. It can go when MMPose's ``to_numpy``
    converts, or numpy has the type.

    Returns:
        TorchFunctionMode: Alters ``Tensor.numpy`` alone.
    """
    import torch
    from torch.overrides import TorchFunctionMode

    class BFloat16AsNumpy(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            if func is torch.Tensor.numpy and args[0].dtype is torch.bfloat16:
                args = (args[0].float(), *args[1:])
            return func(*args, **(kwargs or {}))

    return BFloat16AsNumpy()


def read_weights_as_data() -> None:
    """Let MMEngine load weights only as data, from wherever they are.

    Cause: MMEngine 0.10 unpickles what it downloads with all that pickles can
    do (``torch.hub`` asks for that), runs the text of a config in a checkpoint
    when it resumes, and does not name the file that it could not read.

    Can go when MMEngine passes ``weights_only=True`` everywhere and stores its
    configs as data.
    """
    from mmengine.runner import CheckpointLoader

    from .engine.checkpoint_file import as_data

    for prefix, loader in list(CheckpointLoader._schemes.items()):
        if not hasattr(loader, 'reads_data_alone'):
            CheckpointLoader.register_scheme(prefix, as_data(loader), force=True)


def write_checkpoints_whole() -> None:
    """Let MMEngine write a checkpoint whole, or say which it cannot write.

    Cause: MMEngine 0.10 writes it under its name, so that half of it is left
    where the disk is full, and does not name the file.

    Can go when MMEngine writes aside and renames.
    """
    from mmengine.fileio.backends import LocalBackend

    from .io.whole_file import write_bytes

    def put(self, obj: bytes, filepath) -> None:
        write_bytes(filepath, obj)

    LocalBackend.put = put


def as_number(value) -> float:
    """The number in an array with one element, for ``int()`` and ``float()``.

    Cause: MMPose 1.3.2 draws joints with ``int(radius)`` of such an array,
    which NumPy refuses from 2.4 on. ``DepthPoseVisualizer`` calls this.

    A number stays what it is. Can go when MMPose passes numbers.
    """
    import numpy as np

    return np.asarray(value).item()


def let_configs_inherit_ours() -> None:
    """Let a config say ``_base_ = 'mmpose_cmb::cmb_k2hpd.py'``, from now on.

    Cause: MMEngine 0.10 resolves ``package::config`` for a list of OpenMMLab's
    packages alone, wants a folder in the name, and makes the package's name
    the scope in which types are looked up; this package's are in MMPose's.
    So names that begin with ``mmpose_cmb::`` are resolved here, by
    ``paths.find_config``; all others pass on to MMEngine.

    Holds for configs read after ``mmpose_cmb.register`` was imported: in this
    project's tools, not in MMPose's own. Can go when MMEngine resolves the
    form for any installed package.
    """
    from mmengine.config import Config

    from .paths import find_config

    resolve = Config._get_cfg_path
    if getattr(resolve, 'knows_mmpose_cmb', False):
        return

    def resolve_ours_too(cfg_path: str, filename: str):
        package, separator, name = cfg_path.partition('::')
        if separator and package == __package__:
            return find_config(name, files=False), None
        return resolve(cfg_path, filename)

    resolve_ours_too.knows_mmpose_cmb = True
    Config._get_cfg_path = staticmethod(resolve_ours_too)


def prepare_imports() -> None:
    """What has to stand before torch and MMPose are imported; imports nothing."""
    let_idle_threads_sleep()
    provide_mmcv_ops_placeholder()
    provide_xtcocotools()
    silence_known_warnings()


def apply() -> None:
    """Check the stack and install every work-around; safe to call again."""
    check_requirements()
    prepare_imports()
    allow_mmengine_checkpoints()
    read_weights_as_data()
    write_checkpoints_whole()
    let_configs_inherit_ours()
