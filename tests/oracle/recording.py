"""What the recording scripts share."""
import json


def write(path, value):
    """A dict as JSON, an entry a line, so that a change of one case is a change of one line."""
    with open(path, "w", encoding="utf-8") as file:
        entries = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()]
        file.write("{\n" + ",\n".join(entries) + "\n}\n")
