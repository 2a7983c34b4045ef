"""How varied people are, against naive loops and poses made by hand."""

import numpy as np
import variety


def test_the_nearest_pose_is_that_of_a_naive_loop():
    rng = np.random.default_rng(0)
    train_m, test_m = rng.normal(size=(5, 19, 3)), rng.normal(size=(3, 19, 3))
    # Somebody of the training elsewhere in the room: the pose alone counts.
    test_m[1] = train_m[4] + (1.0, 0.0, 2.0)
    found = variety.nearest_pose_m(train_m, test_m)
    for pose, nearest in zip(test_m, found):
        means = []
        for other in train_m:
            apart = [
                np.linalg.norm((pose[j] - pose[16]) - (other[j] - other[16])) for j in range(19)
            ]
            means.append(sum(apart) / 19)
        assert np.isclose(nearest, min(means))
    assert np.isclose(found[1], 0)


def test_who_faces_the_camera():
    """The camera's x points right and z away: the left shoulder of one who faces it is right."""
    turns = np.radians([0, 40, 50, 180, -40])
    people = np.zeros((5, 19, 3))
    people[:, variety.LEFT, 0], people[:, variety.LEFT, 2] = np.cos(turns), np.sin(turns)
    assert variety.faces_the_camera(people).tolist() == [True, True, False, False, True]
