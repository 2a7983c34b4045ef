# The 20 joints of ASTAR's hands, in the order of its label files: the wrist,
# three joints of the thumb, four of each finger. The joints of a finger are
# counted from the palm outwards. That joints 4, 8, 12 and 16 are the fingers'
# bases, and not the tips of the fingers before them, is an inference from
# their number: nothing published names them. A mirrored hand is the other
# hand, so no joint has a counterpart.
dataset_info = dict(
    dataset_name='astar',
    paper_info=dict(
        author='Chi Xu and Li Cheng',
        title='Efficient Hand Pose Estimation from a Single Depth Image',
        container='IEEE International Conference on Computer Vision',
        year='2013',
        homepage='https://openaccess.thecvf.com/content_iccv_2013/html/'
        'Xu_Efficient_Hand_Pose_2013_ICCV_paper.html',
    ),
    keypoint_info={
        0:
        dict(
            name='wrist',
            id=0,
            color=[230, 230, 230],
            type='',
            swap=''),
        1:
        dict(
            name='thumb_1',
            id=1,
            color=[255, 51, 51],
            type='',
            swap=''),
        2:
        dict(
            name='thumb_2',
            id=2,
            color=[255, 51, 51],
            type='',
            swap=''),
        3:
        dict(
            name='thumb_3',
            id=3,
            color=[255, 51, 51],
            type='',
            swap=''),
        4:
        dict(
            name='index_1',
            id=4,
            color=[255, 153, 51],
            type='',
            swap=''),
        5:
        dict(
            name='index_2',
            id=5,
            color=[255, 153, 51],
            type='',
            swap=''),
        6:
        dict(
            name='index_3',
            id=6,
            color=[255, 153, 51],
            type='',
            swap=''),
        7:
        dict(
            name='index_4',
            id=7,
            color=[255, 153, 51],
            type='',
            swap=''),
        8:
        dict(
            name='middle_1',
            id=8,
            color=[51, 204, 51],
            type='',
            swap=''),
        9:
        dict(
            name='middle_2',
            id=9,
            color=[51, 204, 51],
            type='',
            swap=''),
        10:
        dict(
            name='middle_3',
            id=10,
            color=[51, 204, 51],
            type='',
            swap=''),
        11:
        dict(
            name='middle_4',
            id=11,
            color=[51, 204, 51],
            type='',
            swap=''),
        12:
        dict(
            name='ring_1',
            id=12,
            color=[51, 153, 255],
            type='',
            swap=''),
        13:
        dict(
            name='ring_2',
            id=13,
            color=[51, 153, 255],
            type='',
            swap=''),
        14:
        dict(
            name='ring_3',
            id=14,
            color=[51, 153, 255],
            type='',
            swap=''),
        15:
        dict(
            name='ring_4',
            id=15,
            color=[51, 153, 255],
            type='',
            swap=''),
        16:
        dict(
            name='little_1',
            id=16,
            color=[178, 102, 255],
            type='',
            swap=''),
        17:
        dict(
            name='little_2',
            id=17,
            color=[178, 102, 255],
            type='',
            swap=''),
        18:
        dict(
            name='little_3',
            id=18,
            color=[178, 102, 255],
            type='',
            swap=''),
        19:
        dict(
            name='little_4',
            id=19,
            color=[178, 102, 255],
            type='',
            swap=''),
    },
    skeleton_info={
        0:
        dict(
            link=('wrist', 'thumb_1'),
            id=0,
            color=[255, 51, 51]),
        1:
        dict(
            link=('thumb_1', 'thumb_2'),
            id=1,
            color=[255, 51, 51]),
        2:
        dict(
            link=('thumb_2', 'thumb_3'),
            id=2,
            color=[255, 51, 51]),
        3:
        dict(
            link=('wrist', 'index_1'),
            id=3,
            color=[255, 153, 51]),
        4:
        dict(
            link=('index_1', 'index_2'),
            id=4,
            color=[255, 153, 51]),
        5:
        dict(
            link=('index_2', 'index_3'),
            id=5,
            color=[255, 153, 51]),
        6:
        dict(
            link=('index_3', 'index_4'),
            id=6,
            color=[255, 153, 51]),
        7:
        dict(
            link=('wrist', 'middle_1'),
            id=7,
            color=[51, 204, 51]),
        8:
        dict(
            link=('middle_1', 'middle_2'),
            id=8,
            color=[51, 204, 51]),
        9:
        dict(
            link=('middle_2', 'middle_3'),
            id=9,
            color=[51, 204, 51]),
        10:
        dict(
            link=('middle_3', 'middle_4'),
            id=10,
            color=[51, 204, 51]),
        11:
        dict(
            link=('wrist', 'ring_1'),
            id=11,
            color=[51, 153, 255]),
        12:
        dict(
            link=('ring_1', 'ring_2'),
            id=12,
            color=[51, 153, 255]),
        13:
        dict(
            link=('ring_2', 'ring_3'),
            id=13,
            color=[51, 153, 255]),
        14:
        dict(
            link=('ring_3', 'ring_4'),
            id=14,
            color=[51, 153, 255]),
        15:
        dict(
            link=('wrist', 'little_1'),
            id=15,
            color=[178, 102, 255]),
        16:
        dict(
            link=('little_1', 'little_2'),
            id=16,
            color=[178, 102, 255]),
        17:
        dict(
            link=('little_2', 'little_3'),
            id=17,
            color=[178, 102, 255]),
        18:
        dict(
            link=('little_3', 'little_4'),
            id=18,
            color=[178, 102, 255]),
    },
    joint_weights=[1.0] * 20,
    # Those of the hands in MMPose's whole-body data would need other joints:
    # one value for all, for OKS only.
    sigmas=[0.03] * 20,
    joint_groups={
        'Wrist': ['wrist'],
        'Thumb': ['thumb_1', 'thumb_2', 'thumb_3'],
        'Index': ['index_1', 'index_2', 'index_3', 'index_4'],
        'Middle': ['middle_1', 'middle_2', 'middle_3', 'middle_4'],
        'Ring': ['ring_1', 'ring_2', 'ring_3', 'ring_4'],
        'Little': ['little_1', 'little_2', 'little_3', 'little_4'],
        'Full Hand': [
            'wrist', 'thumb_1', 'thumb_2', 'thumb_3', 'index_1', 'index_2',
            'index_3', 'index_4', 'middle_1', 'middle_2', 'middle_3',
            'middle_4', 'ring_1', 'ring_2', 'ring_3', 'ring_4', 'little_1',
            'little_2', 'little_3', 'little_4',
        ],
    })
