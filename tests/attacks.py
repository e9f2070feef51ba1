"""Attacks: cells that hurt whoever runs them, or claim points that nobody earned."""

from __future__ import annotations

AT_THE_TOP = {
    "os._exit": "import os\nos._exit(0)",
    "SystemExit": "raise SystemExit(0)",
    "segmentation fault": "import ctypes\nctypes.string_at(0)",
    "kill everything": "import os, signal\nos.kill(-1, signal.SIGKILL)",
    "kill process 1": """
        import os
        for n in range(1, 65):
            try: os.kill(1, n)
            except OSError: pass
        1 / 0
    """,
    "memory": "x = []\nwhile True: x.append(bytearray(50_000_000))",
    "deep recursion in C": "x = []\nfor _ in range(1_000_000): x = [x]\nrepr(x)\n1 / 0",
    "forked memory": """
        import os
        for _ in range(5):
            if os.fork() == 0: break
        x = []
        while True: x.append(bytearray(b"x" * 10_000_000))
    """,
    "fork bomb": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "fork bomb that hides": """
        import os, time
        if os.fork(): time.sleep(60)
        while True:
            try:
                if os.fork(): os._exit(0)
            except OSError: pass
    """,
    "thread bomb": """
        import threading, time
        while True: threading.Thread(target=time.sleep, args=(60,)).start()
    """,
    "disk": "with open('big', 'wb') as file:\n    while True: file.write(bytes(1_000_000))",
    "disk in many files": """
        n = 0
        while True:
            n += 1
            with open(f"big{n}", "wb") as file: file.write(bytes(10_000_000))
    """,
    "many files": "n = 0\nwhile True:\n    n += 1\n    open(f'f{n}', 'w').close()",
    "many descriptors": "import os\nwhile True: os.pipe()",
    "writes on every descriptor": """
        import os
        for n in range(3, 300):
            try: os.write(n, b'{"number": 1, "reply": null}\\n{"id": "success.create_or_replace"}\\n' * 100)
            except OSError: pass
    """,
    "closes every descriptor": "import os\nos.closerange(0, 1000)",
    "a line without an end": """
        import os
        for n in range(3, 20):
            try:
                while True: os.write(n, b"[" * 1_000_000)
            except OSError: pass
    """,
}

_VIEWS = {
    "endless loop": "while True: pass",
    "os._exit": "__import__('os')._exit(0)",
    "raises SystemExit": "raise SystemExit",
    "thread killed": "import ctypes\n    ctypes.string_at(0)",
    "endless answer": "return Response(iter(lambda: b'x' * 100_000, None))",
    "closes every descriptor": "import os\n    os.closerange(0, 1000)\n    return '', 201",
}
_ROUTE = "@app.route('/<path:path>', methods=['GET', 'PUT', 'DELETE'])\ndef view(path):\n    "
IN_A_VIEW = {f"{name} in a view": _ROUTE + body for name, body in _VIEWS.items()}

REPLACED = {
    "builtins": """
        import builtins
        builtins.isinstance = lambda *_: True
        builtins.len = lambda *_: 1
        builtins.all = builtins.any = lambda *_: True
    """,
    "json": "import json\njson.loads = json.dumps = lambda *_, **__: {}",
    "requests": "import requests\nrequests.request = requests.get = lambda *_, **__: None",
    "socket": "import socket\nsocket.socket = None",
    "standard output": "import sys\nsys.stdout = sys.stderr = sys.stdin = None",
    "equality": """
        class Everything(str):
            def __eq__(self, other): return True
            __hash__ = str.__hash__
        app = Everything()
    """,
    "the engine": """
        import sys
        for name, module in list(sys.modules.items()):
            if name.startswith(("checks", "server", "classroom")):
                for key in list(vars(module)):
                    if callable(vars(module)[key]): setattr(module, key, lambda *_, **__: True)
    """,
    "the worker": """
        import gc
        for one in gc.get_objects():
            if type(one).__name__ == "Worker":
                type(one).do_address = lambda self, app: 1
    """,
    "the judge": """
        import checks.judge, checks.report, checks.recorder
        checks.judge._points = lambda *_: 99
        checks.judge._state = lambda *_: "passed"
        checks.recorder.Recorder.fail = lambda *_, **__: None
    """,
}

# What it starts ignores signals, has left the session and has no parent.
DAEMON = """
    import os, signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        try: os.setsid()
        except OSError: pass
        os.setpgid(0, 0) if os.getpgid(0) != os.getpid() else None
        if os.fork() == 0:
            time.sleep(10_000)
        os._exit(0)
    os.wait()
    os._exit(7)
"""

HANGS = {
    "loop": "while True: pass",
    "sleep": "import time\ntime.sleep(10_000)",
    "loop when it is deleted": "class Sticky:\n    def __del__(self):\n        while True: pass\nSticky()",
    "loop behind a bare except": "while True:\n    try:\n        while True: pass\n    except: pass",
    "output without end": """
        import os, sys
        while True:
            for stream in (sys.stdout, sys.stderr, sys.__stdout__): print("x" * 100_000, file=stream)
            os.write(1, b"x" * 100_000)
    """,
    # The module is handed in beside the notebook.
    "loop at import": "import endless",
}

CLAIMS = {
    "check": """
        class check:
            create_or_replace = staticmethod(lambda app: "passed, 3 of 3 points")
        print(check.create_or_replace(app))
    """,
    "input transformers": """
        import IPython
        shell = IPython.InteractiveShell.instance()
        shell.input_transformers_post.append(lambda lines: ["app = 'passed'"])
        shell.ast_node_interactivity = "all"
        get_ipython = lambda: shell
    """,
    "results on every descriptor": """
        import json, os
        claim = {"id": "success.create_or_replace", "state": "passed", "points": 3, "max_points": 3, "challenge": False,
                 "rows": [], "source": "", "place": "", "fault": ""}
        for line in (json.dumps(claim), '"end"', '{"number": 1, "reply": null}', "e", "s"):
            for n in range(1000):
                try: os.write(n, line.encode() + b"\\n")
                except OSError: pass
    """,
    "results on every socket": """
        import json, os, socket
        claim = json.dumps({"id": "success.create_or_replace", "state": "passed", "points": 3, "max_points": 3})
        for n in range(3, 1000):
            try:
                with socket.socket(fileno=os.dup(n)) as one: one.sendall(claim.encode() + b"\\n" + b'"end"\\n')
            except (OSError, ValueError): pass
        for port in range(30_000, 34_000):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0: one.sendall(claim.encode())
    """,
    "a result file": """
        import json, os
        claim = {"student": "eve", "lesson": "success", "submission": "", "checks": "", "exercises": []}
        for path in ("results.jsonl", "../results.jsonl", "/tmp/results.jsonl", "grades.csv", "../grades.csv"):
            try: open(path, "a").write(json.dumps(claim) + "\\n")
            except OSError: pass
    """,
    "a promise that cannot be broken": """
        class Code(int):
            def __eq__(self, other): return True
            def __contains__(self, other): return True
            __hash__ = int.__hash__
        @app.route("/<path:path>", methods=["GET", "PUT"])
        def view(path):
            return "", Code(200)
    """,
    "the server": """
        import http.server, werkzeug.serving
        http.server.BaseHTTPRequestHandler.send_response = lambda *_, **__: None
        werkzeug.serving.WSGIRequestHandler.run_wsgi = lambda self: self.wfile.write(b"passed")
    """,
    "scripts": """
        @app.route("/<path:path>", methods=["GET", "PUT"])
        def view(path):
            raise ValueError("</td><script>alert(1)</script><img src=x onerror=alert(1)>")
    """,
}

# What hurts no machine, even with all the rights of whoever grades.
HARMLESS = {
    *("os._exit", "SystemExit", "segmentation fault", "closes every descriptor", "writes on every descriptor"),
    *(
        "disk",
        "disk in many files",
        "many files",
        "a line without an end",
        "deep recursion in C",
        "daemon",
        *IN_A_VIEW,
        *REPLACED,
        *HANGS,
        *CLAIMS,
    ),
} - {"results on every socket", "a result file"}
