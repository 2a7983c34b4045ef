"""The main job from end to end: synthesise, train, test, draw.

Each step is one of the commands that a person would type; it is printed, and
its full output goes to a log beside the results.
"""
import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List

from mmpose_cmb.evaluation.metrics.accuracy_table import accuracy_table

TOOLS = Path(__file__).resolve().parent
CONFIG = TOOLS.parent / 'configs' / 'cmb_k2hpd_demo.py'


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--config', default=str(CONFIG))
    parser.add_argument('--data', default='data/k2hpd_synthetic')
    parser.add_argument('--work-dir', default='work_dirs/demo')
    parser.add_argument('--train', type=int, default=1200, help='frames')
    parser.add_argument('--test', type=int, default=300, help='frames')
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument(
        '--cfg-options', nargs='+', default=[], help='as in tools/train.py')
    return parser.parse_args()


class Steps:
    """Runs commands one after the other, each with a log of its own.

    Args:
        names (List[str]): Titles of the steps.
        log_dir (Path): Where the logs go.
    """

    def __init__(self, names: List[str], log_dir: Path) -> None:
        self.names = names
        self.log_dir = log_dir
        self.done = 0

    def run(self, tool: str, *arguments: str) -> None:
        """Run a tool; progress bars stay visible, the rest is logged.

        Raises:
            SystemExit: If it fails, after the end of its output.
        """
        name = self.names[self.done]
        self.done += 1
        log = self.log_dir / f'{Path(tool).stem}.log'
        print(f'\n[{self.done}/{len(self.names)}] {name}\n'
              f'    python tools/{tool} {" ".join(arguments)}')
        begin = time.monotonic()
        with open(log, 'w', encoding='utf-8') as file:
            result = subprocess.run(
                [sys.executable,
                 str(TOOLS / tool), *arguments],
                stdout=file)
        if result.returncode:
            tail = log.read_text(encoding='utf-8').splitlines()[-20:]
            print('\n'.join(tail))
            raise SystemExit(f'error: this step failed; all it said is in '
                             f'{log}')
        print(f'    done in {time.monotonic() - begin:.0f} s')


def paper_table(metrics: Dict[str, float]) -> str:
    """The figures of tools/test.py --out as Tables 2 and 3 print them.

    Args:
        metrics (Dict[str, float]): Percent by key, as the metrics name them:
            ``PDJ@0.20``, ``PDJ@0.20/Head``.
    """
    totals = [key for key in metrics if key.count('/') == key.count(
        'PDJ/average')]
    groups = [
        key.split('/', 1)[1] for key in metrics
        if key.startswith(f'{totals[0]}/')
    ]
    rows = {
        group: {key: metrics[f'{key}/{group}']
                for key in totals}
        for group in groups
    }
    return accuracy_table([rows, {
        'All joints': {key: metrics[key]
                       for key in totals}
    }])


def main() -> None:
    args = parse_args()
    begin = time.monotonic()
    out = Path(args.work_dir)
    out.mkdir(parents=True, exist_ok=True)
    frames = args.train + args.test
    options = [
        f'train_dataloader.dataset.data_root={args.data}',
        f'val_dataloader.dataset.data_root={args.data}',
        f'test_dataloader.dataset.data_root={args.data}', *args.cfg_options
    ]
    steps = Steps([
        f'synthesise {frames} depth frames in K2HPD\'s format',
        'train the CMB network', 'test it on frames it has never seen',
        'draw predictions', 'draw the learning curve'
    ], out)

    steps.run('synthesize.py', '--layout', 'k2hpd', '--out', args.data,
              '--train', str(args.train), '--test', str(args.test),
              '--workers', str(args.workers))
    steps.run('train.py', args.config, '--work-dir', args.work_dir,
              '--cfg-options', *options)
    checkpoint = (out / 'last_checkpoint').read_text().strip()
    steps.run('test.py', args.config, checkpoint, '--work-dir', args.work_dir,
              '--out', str(out / 'metrics.json'), '--dump',
              str(out / 'predictions.pkl'), '--cfg-options', *options)
    steps.run('draw_predictions.py', args.config,
              str(out / 'predictions.pkl'), str(out / 'predictions.png'))
    steps.run('draw_learning_curve.py', args.work_dir, '--out',
              str(out / 'learning_curve.png'))

    metrics = json.loads((out / 'metrics.json').read_text())
    print(f'\nPercent of joints found on {args.test} unseen synthetic frames')
    print(paper_table(metrics))
    print(f'\nLook at  {out / "predictions.png"}\n'
          f'         {out / "learning_curve.png"}\n'
          f'Weights  {checkpoint}\n'
          f'Time     {(time.monotonic() - begin) / 60:.1f} minutes')


if __name__ == '__main__':
    main()
