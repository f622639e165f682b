"""Every error code that a client may meet, with its status (contract C149). The list only grows."""

from __future__ import annotations

_BY_STATUS = {
    400: "invalid_json missing_field invalid_field invalid_range too_many_segments format_mismatch "
         "quality_mismatch file_too_large length_mismatch part_mismatch checksum_mismatch "
         "idempotency_required idempotency_mismatch no_saved_card url_not_allowed unknown_event",
    401: "not_authenticated invalid_key",
    402: "insufficient_balance card_declined",
    403: "session_required forbidden csrf four_k_locked gif_session_only url_signature url_expired "
         "reload_disabled reload_password",
    404: "not_found",
    405: "method_not_allowed",
    409: "not_ready already_finalized already_captioned already_granted in_flight limit_reached storage_full "
         "font_in_use link_used conflict",
    410: "source_expired link_expired",
    411: "length_required",
    413: "body_too_large",
    415: "unsupported_content_type",
    422: "segment_too_long unsupported_extension unsupported_media upload_failed duration_exceeded "
         "out_of_range no_audio no_video no_speech not_captionable invalid_font "
         "missing_glyphs",
    429: "rate_limited too_many_attempts",
    500: "internal",
    503: "queue_unavailable storage_unavailable provider_unavailable disk_full",
}
STATUS_OF = {code: status for status, codes in _BY_STATUS.items() for code in codes.split()}


def by_status(codes: str) -> dict[int, list[str]]:
    """The space-separated `codes` sorted into their statuses. Raises KeyError for an unknown code."""
    found: dict[int, list[str]] = {}
    for code in codes.split():
        found.setdefault(STATUS_OF[code], []).append(code)
    return dict(sorted(found.items()))
