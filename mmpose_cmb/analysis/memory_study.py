"""What the memory blocks of checkpoints do with images of a test set."""

import os.path as osp
from typing import Dict, List, NamedTuple, Sequence

import numpy as np
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from mmengine.runner import load_checkpoint

from mmpose.models import build_pose_estimator
from mmpose.registry import DATASETS

from ..paths import find_config
from .block_maps import BlockMaps, record_blocks
from .memory_picture import draw_block_maps
from .silhouette import crop_mask, person_mask, synthetic_body_mask
from .silhouette_response import silhouette_response


class StudiedImage(NamedTuple):
    """An image as the network sees it.

    Attributes:
        batch: Mini-batch of this image, as a loader gives it.
        crop: The network's input, [H, W].
        mask: The person in it, bool [H, W].
        exact: Whether the mask is the silhouette itself.
    """

    batch: dict
    crop: np.ndarray
    mask: np.ndarray
    exact: bool


class MemoryStudy:
    """Looks at the blocks of a config's checkpoints.

    Args:
        config (str): Config file.
        images (Sequence[str]): Of the config's test set: files, or numbers of
            its records, from 0.
        device (str): Where the network runs. Defaults to 'cpu'.

    Raises:
        ValueError: If an image is not in the test set.
        ImportError: If a synthetic image's silhouette has to be made anew and
            a package is missing.
    """

    def __init__(self, config: str, images: Sequence[str], device: str = 'cpu') -> None:
        cfg = Config.fromfile(find_config(config))
        init_default_scope(cfg.get('default_scope', 'mmpose'))
        self.model = build_pose_estimator(cfg.model).to(device).eval()
        self.images = _load_images(cfg, images)
        self.names: List[str] = []
        # For each checkpoint and block the maps of each image.
        self._maps: List[Dict[str, List[BlockMaps]]] = []

    def add_checkpoint(self, path: str) -> None:
        """Run all images through the network with a checkpoint's weights."""
        load_checkpoint(self.model, path, map_location='cpu', strict=True)
        blocks: Dict[str, List[BlockMaps]] = {}
        for image in self.images:
            batch = self.model.data_preprocessor(image.batch, False)
            for name, maps in record_blocks(self.model, batch['inputs']).items():
                blocks.setdefault(name, []).append(maps)
        self.names.append(osp.splitext(osp.basename(path))[0])
        self._maps.append(blocks)

    def contrasts(self) -> List[Dict[str, Dict[str, float]]]:
        """Response on the person over response beside it.

        Returns:
            list: For each checkpoint, block -> 'feature map', 'memory' and
            'enhanced' -> ratio of the mean responses, geometric mean over the
            images.
        """
        return [
            {name: _mean_contrasts(maps, self.images) for name, maps in blocks.items()}
            for blocks in self._maps
        ]

    def table(self) -> str:
        """:meth:`contrasts` as text."""
        exact = sum(image.exact for image in self.images)
        lines = [
            'Mean response on the person / beside it, '
            f'{len(self.images)} images ({exact} with their exact silhouette)',
            f'{"checkpoint":24}{"block":24}{"feature map":>12}{"memory":>12}{"enhanced":>12}',
        ]
        for name, blocks in zip(self.names, self.contrasts()):
            for block, found in blocks.items():
                lines.append(
                    f'{name:24}{block:24}'
                    + ''.join(
                        f'{found[kind]:12.3f}' if kind in found else f'{"-":>12}'
                        for kind in ('feature map', 'memory', 'enhanced')
                    )
                )
        return '\n'.join(lines)

    def pictures(self, channels: int = 6) -> Dict[str, np.ndarray]:
        """A picture of the first image for each block, RGB.

        Args:
            channels (int): Feature maps shown, at most. Defaults to 6.
        """
        first = self.images[0]
        return {
            block: draw_block_maps(
                first.crop,
                first.mask,
                [blocks[block][0] for blocks in self._maps],
                self.names,
                block,
                channels,
            )
            for block in self._maps[0]
        }


def _mean_contrasts(maps: Sequence[BlockMaps], images: Sequence[StudiedImage]) -> Dict[str, float]:
    kinds = {'feature map': 'inputs', 'memory': 'memory',
             'enhanced': 'enhanced'}  # yapf: disable
    found = {}
    for label, field in kinds.items():
        if getattr(maps[0], field) is None:
            continue
        logs = [
            np.log(silhouette_response(getattr(m, field), i.mask).contrast)
            for m, i in zip(maps, images)
        ]
        found[label] = float(np.exp(np.mean(logs)))
    return found


def _load_images(cfg: Config, paths: Sequence[str]) -> List[StudiedImage]:
    dataset = DATASETS.build(cfg.test_dataloader.dataset)
    index_of = {}
    for index in range(len(dataset)):
        path = dataset.get_data_info(index)['img_path']
        index_of[osp.realpath(path)] = index
    images = []
    for path in paths:
        index = int(path) if path.isdecimal() else index_of.get(osp.realpath(path))
        if index is None or index >= len(dataset):
            where = cfg.test_dataloader.dataset.get('data_root', '')
            raise ValueError(
                f"{path} is not in the config's test set ({where}, "
                f'{len(dataset)} records). Give images of it, or change '
                'test_dataloader.dataset'
            )
        images.append(_study_image(dataset[index]))
    return images


def _study_image(packed: dict) -> StudiedImage:
    crop = packed['inputs'][0].numpy()
    told = packed['data_samples'].metainfo
    body = synthetic_body_mask(told['img_path'])
    if body is None:
        mask = person_mask(crop)
    else:
        mask = crop_mask(body, told['input_center'], told['input_scale'], told['input_size'])
    return StudiedImage(pseudo_collate([packed]), crop, mask, exact=body is not None)
