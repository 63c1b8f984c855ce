"""Compile the numba kernels ahead, so that no command and no request waits for it; `make env` runs this once."""


def main() -> None:
    """Compile, and keep what was compiled in numba's cache beside the code."""
    import features
    from data.readers import x12

    x12.warm()
    features.warm()


if __name__ == "__main__":
    main()
