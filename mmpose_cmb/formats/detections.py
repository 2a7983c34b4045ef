def read_detections(path):
    import json
    raise FileNotFoundError(path)
