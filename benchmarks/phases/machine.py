"""The device, its versions, and the rate and bandwidth that it reaches."""

from phases.common import Work, describe_device, matrix_rate


def main() -> None:
    """Writes a row for each fact."""
    work = Work.from_flags("machine", __doc__)
    for name, value in describe_device().items():
        work.row(name, str(value))
    work.row("rate of a large bfloat16 product", matrix_rate(work.small) / 1e12, "Tflop/s")


if __name__ == "__main__":
    main()
