"""What can go wrong in the engine. The media's fault and ours are different classes."""

from __future__ import annotations

import errno


class MediaError(Exception):
    """The media cannot be used or the tool failed on it.

    `code` is one of C033's and C049's words, `sentence` is for people, `detail` (argv and the end of the
    tool's standard error) for staff only.
    """

    def __init__(self, code: str, sentence: str, detail: str = "") -> None:
        self.code, self.sentence, self.detail = code, sentence, detail
        super().__init__(sentence)


class ToolFailed(MediaError):
    """The tool ended with an error of its own, or grew beyond a limit."""

    def __init__(self, detail: str, stderr: str = "") -> None:
        self.stderr = stderr
        super().__init__("media_error", "The media could not be processed.", detail)


class ToolTimedOut(MediaError):
    """The tool used up its CPU or wall time."""

    def __init__(self, detail: str) -> None:
        super().__init__("timed_out", "The media took too long to process.", detail)


class ToolStopped(Exception):
    """The caller's `stop` was set: the tool was killed, nothing is to be said about the media."""


class ToolOutOfSpace(OSError):
    """The disk is full: a passing fault of ours, not of the media."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(errno.ENOSPC, "No space left on device")
