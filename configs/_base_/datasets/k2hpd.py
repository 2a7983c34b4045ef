# The 19 joints of K2HPD, in the order of its annotation files. "right" is the
# subject's right, which lies at the image's left when facing the camera.
dataset_info = dict(
    dataset_name='k2hpd',
    paper_info=dict(
        author='Keze Wang and Shengfu Zhai and Hui Cheng and Xiaodan Liang '
        'and Liang Lin',
        title='Human Pose Estimation from Depth Images via Inference '
        'Embedded Multi-task Learning',
        container='Proceedings of the 24th ACM International Conference on '
        'Multimedia',
        year='2016',
        homepage='https://arxiv.org/abs/1608.03932',
    ),
    keypoint_info={
        0:
        dict(
            name='head',
            id=0,
            color=[51, 153, 255],
            type='upper',
            swap=''),
        1:
        dict(
            name='neck',
            id=1,
            color=[51, 153, 255],
            type='upper',
            swap=''),
        2:
        dict(
            name='mid_spine',
            id=2,
            color=[51, 153, 255],
            type='lower',
            swap=''),
        3:
        dict(
            name='right_shoulder',
            id=3,
            color=[255, 128, 0],
            type='upper',
            swap='left_shoulder'),
        4:
        dict(
            name='right_elbow',
            id=4,
            color=[255, 128, 0],
            type='upper',
            swap='left_elbow'),
        5:
        dict(
            name='right_hand',
            id=5,
            color=[255, 128, 0],
            type='upper',
            swap='left_hand'),
        6:
        dict(
            name='left_shoulder',
            id=6,
            color=[0, 255, 0],
            type='upper',
            swap='right_shoulder'),
        7:
        dict(
            name='left_elbow',
            id=7,
            color=[0, 255, 0],
            type='upper',
            swap='right_elbow'),
        8:
        dict(
            name='left_hand',
            id=8,
            color=[0, 255, 0],
            type='upper',
            swap='right_hand'),
        9:
        dict(
            name='right_hip',
            id=9,
            color=[255, 128, 0],
            type='lower',
            swap='left_hip'),
        10:
        dict(
            name='right_knee',
            id=10,
            color=[255, 128, 0],
            type='lower',
            swap='left_knee'),
        11:
        dict(
            name='right_foot',
            id=11,
            color=[255, 128, 0],
            type='lower',
            swap='left_foot'),
        12:
        dict(
            name='left_hip',
            id=12,
            color=[0, 255, 0],
            type='lower',
            swap='right_hip'),
        13:
        dict(
            name='left_knee',
            id=13,
            color=[0, 255, 0],
            type='lower',
            swap='right_knee'),
        14:
        dict(
            name='left_foot',
            id=14,
            color=[0, 255, 0],
            type='lower',
            swap='right_foot'),
        15:
        dict(
            name='spine_shoulder',
            id=15,
            color=[51, 153, 255],
            type='upper',
            swap=''),
        16:
        dict(
            name='spine_base',
            id=16,
            color=[51, 153, 255],
            type='lower',
            swap=''),
        17:
        dict(
            name='right_wrist',
            id=17,
            color=[255, 128, 0],
            type='upper',
            swap='left_wrist'),
        18:
        dict(
            name='left_wrist',
            id=18,
            color=[0, 255, 0],
            type='upper',
            swap='right_wrist'),
    },
    skeleton_info={
        0:
        dict(
            link=('head', 'neck'),
            id=0,
            color=[51, 153, 255]),
        1:
        dict(
            link=('neck', 'spine_shoulder'),
            id=1,
            color=[51, 153, 255]),
        2:
        dict(
            link=('spine_shoulder', 'mid_spine'),
            id=2,
            color=[51, 153, 255]),
        3:
        dict(
            link=('mid_spine', 'spine_base'),
            id=3,
            color=[51, 153, 255]),
        4:
        dict(
            link=('spine_shoulder', 'right_shoulder'),
            id=4,
            color=[255, 128, 0]),
        5:
        dict(
            link=('right_shoulder', 'right_elbow'),
            id=5,
            color=[255, 128, 0]),
        6:
        dict(
            link=('right_elbow', 'right_wrist'),
            id=6,
            color=[255, 128, 0]),
        7:
        dict(
            link=('right_wrist', 'right_hand'),
            id=7,
            color=[255, 128, 0]),
        8:
        dict(
            link=('spine_base', 'right_hip'),
            id=8,
            color=[255, 128, 0]),
        9:
        dict(
            link=('right_hip', 'right_knee'),
            id=9,
            color=[255, 128, 0]),
        10:
        dict(
            link=('right_knee', 'right_foot'),
            id=10,
            color=[255, 128, 0]),
        11:
        dict(
            link=('spine_shoulder', 'left_shoulder'),
            id=11,
            color=[0, 255, 0]),
        12:
        dict(
            link=('left_shoulder', 'left_elbow'),
            id=12,
            color=[0, 255, 0]),
        13:
        dict(
            link=('left_elbow', 'left_wrist'),
            id=13,
            color=[0, 255, 0]),
        14:
        dict(
            link=('left_wrist', 'left_hand'),
            id=14,
            color=[0, 255, 0]),
        15:
        dict(
            link=('spine_base', 'left_hip'),
            id=15,
            color=[0, 255, 0]),
        16:
        dict(
            link=('left_hip', 'left_knee'),
            id=16,
            color=[0, 255, 0]),
        17:
        dict(
            link=('left_knee', 'left_foot'),
            id=17,
            color=[0, 255, 0]),
    },
    joint_weights=[1.0] * 19,
    # COCO has no such joints; taken from its nearest ones, for OKS only.
    sigmas=[
        0.026, 0.079, 0.107, 0.079, 0.072, 0.062, 0.079, 0.072, 0.062, 0.107,
        0.087, 0.089, 0.107, 0.087, 0.089, 0.079, 0.107, 0.062, 0.062,
    ],
    # The rows of the tables of "Convolutional Memory Blocks for Depth Data
    # Representation Learning" (IJCAI 2018). The paper does not list their
    # members; these reproduce its printed means.
    joint_groups={
        'Head': ['head'],
        'Neck': ['neck'],
        'Shoulders': ['right_shoulder', 'left_shoulder'],
        'Elbows': ['right_elbow', 'left_elbow'],
        'Hands': ['right_hand', 'left_hand'],
        'Wrists': ['right_wrist', 'left_wrist'],
        'Torso': ['mid_spine', 'spine_shoulder', 'spine_base'],
        'Hips': ['right_hip', 'left_hip'],
        'Knees': ['right_knee', 'left_knee'],
        'Feet': ['right_foot', 'left_foot'],
        'Upper Body': [
            'head', 'neck', 'right_shoulder', 'right_elbow', 'right_hand',
            'left_shoulder', 'left_elbow', 'left_hand', 'spine_shoulder',
            'right_wrist', 'left_wrist',
        ],
        'Lower Body': [
            'mid_spine', 'right_hip', 'right_knee', 'right_foot', 'left_hip',
            'left_knee', 'left_foot', 'spine_base',
        ],
        'Full Body': [
            'head', 'neck', 'mid_spine', 'right_shoulder', 'right_elbow',
            'right_hand', 'left_shoulder', 'left_elbow', 'left_hand',
            'right_hip', 'right_knee', 'right_foot', 'left_hip', 'left_knee',
            'left_foot', 'spine_shoulder', 'spine_base', 'right_wrist',
            'left_wrist',
        ],
    })
