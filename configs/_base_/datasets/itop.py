# The 15 joints of ITOP, in the order of its label files; both views. "right" is
# the subject's right, which lies at the image's left when facing the camera.
dataset_info = dict(
    dataset_name='itop',
    paper_info=dict(
        author='Albert Haque and Boya Peng and Zelun Luo and Alexandre Alahi '
        'and Serena Yeung and Li Fei-Fei',
        title='Towards Viewpoint Invariant 3D Human Pose Estimation',
        container='European Conference on Computer Vision',
        year='2016',
        homepage='https://arxiv.org/abs/1603.07076',
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
            name='right_shoulder',
            id=2,
            color=[255, 128, 0],
            type='upper',
            swap='left_shoulder'),
        3:
        dict(
            name='left_shoulder',
            id=3,
            color=[0, 255, 0],
            type='upper',
            swap='right_shoulder'),
        4:
        dict(
            name='right_elbow',
            id=4,
            color=[255, 128, 0],
            type='upper',
            swap='left_elbow'),
        5:
        dict(
            name='left_elbow',
            id=5,
            color=[0, 255, 0],
            type='upper',
            swap='right_elbow'),
        6:
        dict(
            name='right_hand',
            id=6,
            color=[255, 128, 0],
            type='upper',
            swap='left_hand'),
        7:
        dict(
            name='left_hand',
            id=7,
            color=[0, 255, 0],
            type='upper',
            swap='right_hand'),
        8:
        dict(
            name='torso',
            id=8,
            color=[51, 153, 255],
            type='lower',
            swap=''),
        9:
        dict(
            name='right_hip',
            id=9,
            color=[255, 128, 0],
            type='lower',
            swap='left_hip'),
        10:
        dict(
            name='left_hip',
            id=10,
            color=[0, 255, 0],
            type='lower',
            swap='right_hip'),
        11:
        dict(
            name='right_knee',
            id=11,
            color=[255, 128, 0],
            type='lower',
            swap='left_knee'),
        12:
        dict(
            name='left_knee',
            id=12,
            color=[0, 255, 0],
            type='lower',
            swap='right_knee'),
        13:
        dict(
            name='right_foot',
            id=13,
            color=[255, 128, 0],
            type='lower',
            swap='left_foot'),
        14:
        dict(
            name='left_foot',
            id=14,
            color=[0, 255, 0],
            type='lower',
            swap='right_foot'),
    },
    skeleton_info={
        0:
        dict(
            link=('head', 'neck'),
            id=0,
            color=[51, 153, 255]),
        1:
        dict(
            link=('neck', 'right_shoulder'),
            id=1,
            color=[255, 128, 0]),
        2:
        dict(
            link=('neck', 'left_shoulder'),
            id=2,
            color=[0, 255, 0]),
        3:
        dict(
            link=('right_shoulder', 'right_elbow'),
            id=3,
            color=[255, 128, 0]),
        4:
        dict(
            link=('left_shoulder', 'left_elbow'),
            id=4,
            color=[0, 255, 0]),
        5:
        dict(
            link=('right_elbow', 'right_hand'),
            id=5,
            color=[255, 128, 0]),
        6:
        dict(
            link=('left_elbow', 'left_hand'),
            id=6,
            color=[0, 255, 0]),
        7:
        dict(
            link=('neck', 'torso'),
            id=7,
            color=[51, 153, 255]),
        8:
        dict(
            link=('torso', 'right_hip'),
            id=8,
            color=[255, 128, 0]),
        9:
        dict(
            link=('torso', 'left_hip'),
            id=9,
            color=[0, 255, 0]),
        10:
        dict(
            link=('right_hip', 'right_knee'),
            id=10,
            color=[255, 128, 0]),
        11:
        dict(
            link=('left_hip', 'left_knee'),
            id=11,
            color=[0, 255, 0]),
        12:
        dict(
            link=('right_knee', 'right_foot'),
            id=12,
            color=[255, 128, 0]),
        13:
        dict(
            link=('left_knee', 'left_foot'),
            id=13,
            color=[0, 255, 0]),
    },
    joint_weights=[1.0] * 15,
    # COCO has no such joints; taken from its nearest ones, for OKS only.
    sigmas=[
        0.026, 0.079, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107,
        0.107, 0.087, 0.087, 0.089, 0.089,
    ],
    # The rows of Table 4 of "Convolutional Memory Blocks for Depth Data
    # Representation Learning" (IJCAI 2018). The paper does not list their
    # members; these reproduce its printed means. "Lower Body" are the six
    # joints that the figures of earlier methods count; the paper's own figure
    # (86.5) counts the torso too and is to be compared with "Lower Body +
    # Torso".
    joint_groups={
        'Head': ['head'],
        'Neck': ['neck'],
        'Shoulders': ['right_shoulder', 'left_shoulder'],
        'Elbows': ['right_elbow', 'left_elbow'],
        'Hands': ['right_hand', 'left_hand'],
        'Torso': ['torso'],
        'Hips': ['right_hip', 'left_hip'],
        'Knees': ['right_knee', 'left_knee'],
        'Feet': ['right_foot', 'left_foot'],
        'Upper Body': [
            'head', 'neck', 'right_shoulder', 'left_shoulder', 'right_elbow',
            'left_elbow', 'right_hand', 'left_hand',
        ],
        'Lower Body': [
            'right_hip', 'left_hip', 'right_knee', 'left_knee', 'right_foot',
            'left_foot',
        ],
        'Lower Body + Torso': [
            'torso', 'right_hip', 'left_hip', 'right_knee', 'left_knee',
            'right_foot', 'left_foot',
        ],
        'Full Body': [
            'head', 'neck', 'right_shoulder', 'left_shoulder', 'right_elbow',
            'left_elbow', 'right_hand', 'left_hand', 'torso', 'right_hip',
            'left_hip', 'right_knee', 'left_knee', 'right_foot', 'left_foot',
        ],
    })
