"""What tests beside PyTorch share."""

import pytest


@pytest.fixture
def one_thread():
    """PyTorch computes in one thread, so that tests that run side by side do not wait."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
