"""Native code is unheard while it should be, and no longer."""

import os
import threading

from ganspeech.process.foreign_logs import unheard


def test_standard_error_is_silent_inside_alone(capfd):
    os.write(2, b"before\n")
    with unheard():
        os.write(2, b"inside\n")
        with unheard():
            os.write(2, b"deeper\n")
        os.write(2, b"inside\n")
    os.write(2, b"behind\n")
    assert capfd.readouterr().err == "before\nbehind\n"


def test_the_last_thread_gives_it_back(capfd):
    entered, leave = threading.Event(), threading.Event()

    def other():
        with unheard():
            entered.set()
            leave.wait()

    thread = threading.Thread(target=other)
    with unheard():
        thread.start()
        entered.wait()
    os.write(2, b"still silent\n")
    leave.set()
    thread.join()
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"
