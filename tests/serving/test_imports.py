import subprocess
import sys


def test_what_serves_loads_no_library_that_learns() -> None:
    """LightGBM's native code is not even in the process that is handed bundles and claims from outside."""
    asked = "import sys, serving.run; print({'lightgbm', 'sklearn', 'mlflow', 'cryptography'} & set(sys.modules) or 'none')"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "none"
