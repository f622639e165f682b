"""Rate counters in Redis, shared by all web processes; a Redis that is away must not stop the product."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class ForgivingRedisCache(RedisCache):
    """Without its server it knows nothing and keeps nothing: nobody is limited then, and nobody gets a 500."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError as fault:
            return self._without(fault, default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(*args, **kwargs)
        except RedisError as fault:
            self._without(fault, None)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().add(*args, **kwargs))
        except RedisError as fault:
            return bool(self._without(fault, True))

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except RedisError as fault:
            return bool(self._without(fault, False))

    def _without(self, fault: RedisError, answer: Any) -> Any:
        log.warning("cache_away", fault=repr(fault))
        return answer
