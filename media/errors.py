"""What goes wrong in the engine: by the media's fault, by ours, or because somebody stopped it."""

from __future__ import annotations

CODES = frozenset({
    "unsupported_media", "no_streams", "duration_exceeded", "resolution_exceeded", "corrupt",
    "no_audio", "no_video", "out_of_range", "media_error", "timed_out",
})


class MediaError(Exception):
    """The media's fault: trying again gives the same end.

    `message` is a sentence for the user. `detail` is for staff only: argv and the last 4 KiB of stderr.
    Source: C033, C049.
    """

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        if code not in CODES:
            raise ValueError(f"not a media error code: {code}")
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail


class ToolTimedOut(MediaError):
    """The tool used up its CPU seconds or its wall clock; the code is `timed_out`."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("timed_out", "The media took too long to process.", detail)


class ToolStopped(Exception):
    """The tool was killed because its job ended elsewhere: cancelled, fence lost, or a deploy."""


class ToolOutOfSpace(OSError):
    """The machine ran out of disk (ENOSPC) or memory (ENOMEM) under the tool: a passing fault, to be tried again."""


class SandboxMissing(RuntimeError):
    """The installation demands a full sandbox and this machine cannot give one."""
