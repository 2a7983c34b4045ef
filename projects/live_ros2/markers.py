"""Publish the skeletons of tools/live.py as ROS 2 markers: an example.

Example:
    python tools/live.py realsense --model pose.onnx --jsonl - |
        python3 projects/live_ros2/markers.py
"""

import argparse
import json
import sys

LIFETIME_NS = 500_000_000


def link_points(person: dict, links: list, kpt_thr: float = 0.3) -> list:
    """Both ends of each link that is known in space.

    Args:
        person (dict): One of a line's ``persons``.
        links (list): The header's ``skeleton_links``.
        kpt_thr (float): Joints with a lower score are left out. Defaults to
            0.3.

    Returns:
        list: Pairs of points after one another, each x, y, z in metres.
    """
    joints = person.get('keypoints_cam')
    if joints is None:
        return []
    known = [
        None not in joint and score is not None and score >= kpt_thr
        for joint, score in zip(joints, person['keypoint_scores'])
    ]
    return [joints[end] for a, b in links if known[a] and known[b] for end in (a, b)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--frame', default='camera_depth_optical_frame')
    parser.add_argument('--kpt-thr', type=float, default=0.3)
    args = parser.parse_args()
    import rclpy
    from geometry_msgs.msg import Point
    from visualization_msgs.msg import Marker

    rclpy.init()
    node = rclpy.create_node('skeletons')
    publisher = node.create_publisher(Marker, '/skeletons', 10)
    links = []
    for line in sys.stdin:
        record = json.loads(line)
        if record['type'] == 'header':
            links = record['skeleton_links']
            continue
        for person in record['persons']:
            points = link_points(person, links, args.kpt_thr)
            marker = Marker(
                ns='person',
                id=person['id'],
                type=Marker.LINE_LIST,
                points=[Point(x=x, y=y, z=z) for x, y, z in points],
            )
            marker.header.frame_id = args.frame
            marker.header.stamp = node.get_clock().now().to_msg()
            marker.lifetime.nanosec = LIFETIME_NS
            marker.pose.orientation.w = 1.0
            marker.scale.x = 0.03
            marker.color.g = marker.color.a = 1.0
            publisher.publish(marker)
    node.destroy_node()
    rclpy.shutdown()


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
