"""The smallest runner that will do: named checks, a time limit for each, a count at the end."""

import asyncio
import inspect
import signal
import sys
import time
import traceback


class Suite:
    """Runs checks one after another, prints a line for each and counts them."""

    def __init__(self, label):
        self.label = label
        self.passed = 0
        self.failed = 0

    def run(self, name, check, *args, limit_s=60):
        """Calls `check`, which raises when something is wrong; it may be a coroutine function."""
        started = time.monotonic()
        signal.signal(signal.SIGALRM, on_alarm)
        signal.alarm(limit_s)
        try:
            if inspect.iscoroutinefunction(check):
                asyncio.run(check(*args))
            else:
                check(*args)
        except Exception as error:
            self.failed += 1
            print(f"FAIL {self.label} {name}: {type(error).__name__}: {error}", flush=True)
            last = traceback.extract_tb(error.__traceback__)
            for frame in [frame for frame in last if "/tests/clients/" in frame.filename][-3:]:
                print(f"     at {frame.name}, line {frame.lineno}: {frame.line}", flush=True)
        else:
            self.passed += 1
            print(f"ok   {self.label} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        finally:
            signal.alarm(0)

    def finish(self):
        """Prints the count and ends the process: 1 when a check failed or none ran."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)


def on_alarm(*_):
    raise TimeoutError("the check took too long")


def equal(actual, expected, what):
    if actual != expected or type(actual) is not type(expected):
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")


def true(value, what):
    if not value:
        raise AssertionError(what)


def raises(kind, texts, call):
    """`call` must raise `kind`, and its message must hold every one of `texts`."""
    try:
        call()
    except kind as error:
        for text in texts:
            true(text in str(error), f"the error should say {text!r}: {error}")
        return error
    raise AssertionError(f"expected {kind.__name__}, nothing was raised")


async def raises_async(kind, texts, awaitable):
    try:
        await awaitable
    except kind as error:
        for text in texts:
            true(text in str(error), f"the error should say {text!r}: {error}")
        return error
    raise AssertionError(f"expected {kind.__name__}, nothing was raised")
