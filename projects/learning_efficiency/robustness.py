"""Test a study's networks on frames unlike those that they learned from.

Noise, holes, something before the person, boxes that are off, another camera:
README.md says what each condition is. What has been tested is kept; the same
command goes on where it was stopped.

Example:
    python projects/learning_efficiency/robustness.py \\
        --out work_dirs/learning_efficiency
"""

import argparse
import hashlib
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch
from learning_study.data_set import provide, provide_study_data
from learning_study.spreads import ACCURACY
from learning_study.study_folder import CONFIG, FINISHED, WEIGHTS, StudyFolder
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from robustness_study.conditions import CONDITIONS, other_camera
from robustness_study.page import BASELINE, robustness_page
from robustness_study.tester import score
from run import add_choice, chosen_runs, end_with_a_message

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose_cmb.command_line import tool_parser
from mmpose_cmb.io import write_text


def parse_args(argv=None) -> argparse.Namespace:
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add(
        '--baseline',
        default=BASELINE,
        metavar='NAME',
        help='variant that is subtracted (default: %(default)s)',
    )
    add('--data', type=Path, help="folder of the study's frames (default: where they were)")
    add('--device', default='cpu', help='such as cuda (default: cpu)')
    add(
        '--conditions',
        nargs='+',
        choices=CONDITIONS,
        default=[*CONDITIONS],
        metavar='CONDITION',
        help=' '.join(CONDITIONS),
    )
    add_choice(parser)
    return parser.parse_args(argv)


def usable_runs(folder: StudyFolder) -> dict:
    """Runs that can be tested, and what tells their weights from others."""
    usable, variants = {}, folder.study().variants
    for run, state in folder.states().items():
        weights = folder.run_dir(run) / WEIGHTS
        if state == FINISHED and weights.is_file() and not variants[run.variant].motions:
            usable[run] = hashlib.sha256(weights.read_bytes()).hexdigest()
        else:
            print(f'left out, has no {WEIGHTS} or learns from motions: {run}')
    return usable


def measure(args: argparse.Namespace, folder: StudyFolder) -> None:
    """Test what has not been tested yet: ``robustness.csv``.

    Raises:
        ValueError: If the device or none of the runs can be used.
        FileNotFoundError: If the study's frames are not where they were.
    """
    study, usable = folder.study(), usable_runs(folder)
    try:
        torch.zeros(1, device=args.device)
    except (RuntimeError, AssertionError) as error:
        message = str(error).splitlines()[0]
        raise ValueError(f'{args.device!r} cannot be used: {message}') from error
    # Figures hold for the very weights and the very condition.
    keys = {
        (run, name): f'{digest[:12]} {name}: {condition.meaning}'
        for run, digest in usable.items()
        for name, condition in CONDITIONS.items()
    }
    todo = [
        key for key in keys if key[0] in chosen_runs(folder, args) and key[1] in args.conditions
    ]
    if not todo:
        raise ValueError(f'{folder.root} has no finished run of this choice')
    data = Path(args.data or study.data)
    if not (data / 'synthesis.json').is_file():
        raise FileNotFoundError(
            f"the study's frames are not in {data}: name their folder with "
            '--data, or make them again with run.py --data-only'
        )
    provide_study_data(data, study.settings, motions=False)
    folder.robustness.put(
        keep=lambda rows: rows.reindex(columns=['tested'])['tested'].isin(keys.values())
    )
    known = set(folder.robustness.read().get('tested', []))
    left = [key for key in todo if keys[key] not in known]
    print(f'{len(todo)} tests, {len(todo) - len(left)} of them done before')
    for run, name in left:
        root = data
        if CONDITIONS[name].other_frames:
            root = folder.root / name
            provide(
                root,
                other_camera(study.settings.data_seed),
                dict(train=0, test=CONDITIONS[name].other_frames),
            )
        place = folder.run_dir(run)
        frames, metrics = score(
            Config.fromfile(place / CONFIG), place / WEIGHTS, root, name, args.device
        )
        folder.robustness.put(
            dict(asdict(run), condition=name, frames=frames, tested=keys[run, name], **metrics)
        )
        print(
            time.strftime('%H:%M:%S'),
            f'{name}, {run}: {ACCURACY} {metrics[ACCURACY]:.1f}',
            flush=True,
        )


def main(argv=None) -> int:
    args = parse_args(argv)
    folder = StudyFolder(args.out.resolve())
    init_default_scope('mmpose')
    # The metrics would print a table for every test.
    MMLogger.get_current_instance().setLevel('WARNING')
    with end_with_a_message():
        measure(args, folder)
        page = robustness_page(folder.robustness.read(), args.baseline)
        write_text(folder.root / 'robustness.md', page)
        print(f'\n{page}\nfigures: {folder.robustness.path}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
