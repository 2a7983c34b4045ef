"""A person finder's specification, read from the built test pipeline of its config."""

from mmengine import Config
from mmengine.registry import init_default_scope

from mmpose.registry import KEYPOINT_CODECS, TRANSFORMS

from ..codecs import BoxHeatmap
from ..datasets.transforms import LetterboxDepth, PixelsPerMetre
from ..depth.letterbox import NEAREST_M, PIXELS_PER_UNIT
from ..pose.detector_spec import DetectorSpec

STEPS = (LetterboxDepth, PixelsPerMetre)
# Chosen on 2,200 synthetic frames: by box and joints together as many people who
# are not there as by boxes of 0.3 alone, and more of those who are.
LEAST_SCORE = 0.29


def detector_spec_of_config(cfg: Config, least_score: float = LEAST_SCORE) -> DetectorSpec:
    """What a config's person finder takes and gives.

    Args:
        cfg (Config): With ``model`` and ``test_dataloader``.
        least_score (float): What is lower is nobody. Defaults to 0.29. (The
            codec's own is for measuring average precision.)

    Raises:
        ValueError: If the config is no person finder's, or contradicts
            itself.
    """
    init_default_scope(cfg.get('default_scope', 'mmpose'))
    codec = KEYPOINT_CODECS.build(cfg.model.head.decoder)
    if not isinstance(codec, BoxHeatmap):
        raise ValueError(f'{type(codec).__name__} is no codec of boxes (BoxHeatmap)')
    pipeline = [TRANSFORMS.build(step) for step in cfg.test_dataloader.dataset.pipeline]
    steps = [step for step in pipeline if isinstance(step, STEPS)]
    if tuple(type(step) for step in steps) != STEPS:
        raise ValueError(
            'the test pipeline of a person finder must have LetterboxDepth, then PixelsPerMetre'
        )
    input_size = steps[0].input_size
    if input_size != codec.input_size:
        raise ValueError(
            "the config contradicts itself in the input's size, of LetterboxDepth and the "
            f"head's decoder: {input_size} and {codec.input_size}"
        )
    return DetectorSpec(
        input_size=tuple(int(side) for side in input_size),
        stride=int(codec.stride),
        nearest_m=NEAREST_M,
        pixels_per_unit=PIXELS_PER_UNIT,
        least_score=float(least_score),
        most_overlap=float(codec.most_overlap),
        joints_decide=True,
    ).check()
