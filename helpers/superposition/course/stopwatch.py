"""Stop a learner's code after some seconds, and tell a real Ctrl-C from one that the code raised itself.

In the main thread (a notebook's cells run there) on Linux and macOS an alarm signal raises `TimeUp` inside the code;
it also ends a sleep. Elsewhere (Windows, other threads) a timer asks the interpreter to raise it at the next bytecode,
so a sleep ends first. Neither can end one call into compiled code that never returns, nor a process that is killed from
within, nor an endless loop that swallows every exception in two nested `except:` blocks.
"""

import ctypes
import signal
import sys
import threading
import time
from contextlib import suppress
from types import FrameType

AGAIN = 0.5  # seconds to the next attempt when the code has swallowed one


class TimeUp(BaseException):
    """Raised inside the learner's code when its time is over."""


class AlarmWatch:
    """Interrupt the main thread by SIGALRM, and notice SIGINT; handlers and timers found are put back."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.expired = self.interrupted = self._running = False

    def start(self, guard: FrameType) -> None:
        """Install the handlers and set the alarm."""
        self._guard = guard
        self._trace = sys.gettrace()
        self._alarm = signal.signal(signal.SIGALRM, self._on_alarm)
        self._interrupt = signal.getsignal(signal.SIGINT)
        if callable(self._interrupt):
            signal.signal(signal.SIGINT, self._on_interrupt)
        self._running = True
        self._timer = signal.setitimer(signal.ITIMER_REAL, self.seconds, AGAIN)

    def stop(self) -> None:
        """Put back the alarm, the handlers and the trace function that were there before."""
        if not self._running:
            return
        self._running = False
        del self._guard  # the frame refers to this watch
        signal.setitimer(signal.ITIMER_REAL, *self._timer)
        signal.signal(signal.SIGALRM, self._alarm)
        if callable(self._interrupt):
            signal.signal(signal.SIGINT, self._interrupt)
        if self.expired:
            sys.settrace(self._trace)

    def _on_interrupt(self, signum: int, frame: FrameType | None) -> None:
        self.interrupted = True
        if callable(self._interrupt):
            self._interrupt(signum, frame)

    def _on_alarm(self, _signum: int, frame: FrameType | None) -> None:
        frames = []
        while frame is not None and self._running and frame is not self._guard:
            frames.append(frame)
            frame = frame.f_back
        if frame is None or not self._running:
            return
        self.expired = True
        # A bare `except:` would swallow this one, so the next line that these frames run raises it again.
        for learners in frames:
            learners.f_trace = _raise_time_up
        sys.settrace(lambda *_: None)
        raise TimeUp


def _raise_time_up(_frame: FrameType, event: str, _argument: object):
    """Trace a frame: let the first `TimeUp` reach its `except:` (event "exception"), then raise the next one there."""
    if event == "line":
        raise TimeUp
    return _raise_time_up


class ThreadWatch:
    """Interrupt any thread at its next bytecode, from a timer's thread; sees no Ctrl-C, which never comes here."""

    def __init__(self, seconds: float):
        self._thread = ctypes.c_ulong(threading.get_ident())
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._raise)
        self._timer.daemon = True
        self._running = True
        self.expired = self.interrupted = False

    def start(self, guard: FrameType) -> None:  # noqa: ARG002 (an exception sent to a thread knows no frames)
        """Start the timer."""
        self._timer.start()

    def stop(self) -> None:
        """Cancel the timer, and wait for an exception that was asked for but has not come yet."""
        with suppress(TimeUp):
            self._timer.cancel()
            with self._lock:
                running, self._running = self._running, False
            if running and self.expired:
                # One that has come already is asked for again. Asking for none instead would leave the interpreter
                # looking out for it at every step, and Python 3.11 under a tracer then never gets past one.
                self._ask()
                while True:
                    time.sleep(0.001)

    def _raise(self) -> None:
        with self._lock:
            if self._running:
                self.expired = True
                self._ask()

    def _ask(self) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, ctypes.py_object(TimeUp))


Stopwatch = AlarmWatch | ThreadWatch


def stopwatch(seconds: float) -> Stopwatch:
    """Choose the watch that works here."""
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        return AlarmWatch(seconds)
    return ThreadWatch(seconds)
