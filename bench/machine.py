"""What the tables of measurements say of the machine, and of one run."""
import json, os, platform


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def result_of(folder, server, key):
    """What one run of the load client said, or None when it failed."""
    try:
        with open(os.path.join(folder, f"{server}.{key}")) as f:
            return json.load(f)
    except (OSError, ValueError):
        return None
