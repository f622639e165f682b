"""A Whisper model as openai-whisper keeps it (`.pt`) becomes one for faster-whisper: the same weights in CTranslate2's
form, a quarter of the size in 8 bit, and the tokenizer as a file. Needs no network.

The weights' names are matched as CTranslate2's own converter does for Hugging Face's copies of the same models.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from media.transcribe import whisper_pt
from media.transcribe.base import NotReady

TYPES = ("int8", "float32")


def convert(source: Path, target: Path, *, kind: str = "int8") -> Path:
    """Write the model in `source` into the new folder `target`, all or nothing. Raises NotReady."""
    model = whisper_pt.load(source, threads=1)
    import whisper

    tokens = whisper.tokenizer.get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
    folder = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        spec = _spec(model, tokens)
        spec.validate()
        spec.optimize(quantization=kind)
        spec.save(str(folder))
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer(tokens), ensure_ascii=False))
        (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": model.dims.n_mels}))
        shutil.rmtree(target, ignore_errors=True)
        folder.chmod(0o755)
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


def _spec(model: Any, tokens: Any) -> Any:
    """CTranslate2's description of the model, with its weights."""
    from ctranslate2.specs.whisper_spec import WhisperSpec

    dims = model.dims
    spec = WhisperSpec(dims.n_audio_layer, dims.n_audio_head, dims.n_text_layer, dims.n_text_head)
    state = {name: value.float().numpy() for name, value in model.state_dict().items()}
    for side in (spec.encoder, spec.decoder):
        side.position_encodings.encodings = state[
            "encoder.positional_embedding" if side is spec.encoder else "decoder.positional_embedding"]
    for name, layer in (("conv1", spec.encoder.conv1), ("conv2", spec.encoder.conv2)):
        layer.weight, layer.bias = state[f"encoder.{name}.weight"], state[f"encoder.{name}.bias"]
    _norm(spec.encoder.layer_norm, state, "encoder.ln_post")
    _norm(spec.decoder.layer_norm, state, "decoder.ln")
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = state["decoder.token_embedding.weight"]
    for number, layer in enumerate(spec.encoder.layer):
        _block(layer, state, f"encoder.blocks.{number}")
    for number, layer in enumerate(spec.decoder.layer):
        _block(layer, state, f"decoder.blocks.{number}", cross=True)
    spec.register_vocabulary(list(vocabulary(tokens, dims.n_vocab)))
    config = spec.config
    config.suppress_ids = sorted({*tokens.non_speech_tokens, tokens.transcribe, tokens.translate, tokens.sot,
                                  tokens.sot_prev, tokens.sot_lm, tokens.no_speech})
    config.suppress_ids_begin = [*tokens.encode(" "), tokens.eot]
    config.lang_ids = list(tokens.all_language_tokens) if model.is_multilingual else []
    config.alignment_heads = _heads(model)
    return spec


def _heads(model: Any) -> list[list[int]]:
    """(layer, head) whose attention tells when words are said; the model knows them."""
    heads = model.alignment_heads.to_dense().nonzero().tolist()
    if heads:
        return [[int(layer), int(head)] for layer, head in heads]
    half = range(model.dims.n_text_layer // 2, model.dims.n_text_layer)
    return [[layer, head] for layer, head in product(half, range(model.dims.n_text_head))]


def _norm(spec: Any, state: dict[str, Any], name: str) -> None:
    spec.gamma, spec.beta = state[f"{name}.weight"], state[f"{name}.bias"]


def _linear(spec: Any, state: dict[str, Any], name: str) -> None:
    spec.weight, spec.bias = state[f"{name}.weight"], state[f"{name}.bias"]


def _block(layer: Any, state: dict[str, Any], name: str, *, cross: bool = False) -> None:
    """One layer. Queries, keys and values are one matrix; keys have no bias."""
    _attention(layer.self_attention, state, f"{name}.attn", parts=(("query", "key", "value"),))
    _norm(layer.self_attention.layer_norm, state, f"{name}.attn_ln")
    if cross:
        _attention(layer.attention, state, f"{name}.cross_attn", parts=(("query",), ("key", "value")))
        _norm(layer.attention.layer_norm, state, f"{name}.cross_attn_ln")
    _linear(layer.ffn.linear_0, state, f"{name}.mlp.0")
    _linear(layer.ffn.linear_1, state, f"{name}.mlp.2")
    _norm(layer.ffn.layer_norm, state, f"{name}.mlp_ln")


def _attention(spec: Any, state: dict[str, Any], name: str, *, parts: tuple[tuple[str, ...], ...]) -> None:
    import numpy as np

    for place, joined in enumerate(parts):
        weights = [state[f"{name}.{part}.weight"] for part in joined]
        biases = [state.get(f"{name}.{part}.bias", np.zeros(len(weight), weight.dtype))
                  for part, weight in zip(joined, weights, strict=True)]
        spec.linear[place].weight, spec.linear[place].bias = np.concatenate(weights), np.concatenate(biases)
    _linear(spec.linear[len(parts)], state, f"{name}.out")


def vocabulary(tokens: Any, size: int) -> Iterator[str]:
    """Every token in the order of its number, as byte-level tokenizers write them."""
    names = {number: _written(token) for token, number in tokens.encoding._mergeable_ranks.items()}
    names |= {number: token for token, number in tokens.special_tokens.items()}
    for number in range(size):
        yield names.get(number, f"<|unused{number}|>")


def tokenizer(tokens: Any) -> dict[str, Any]:
    """What `tokenizers` reads: a byte-level BPE with the same numbers. The merges follow from the ranks."""
    ranks: dict[bytes, int] = tokens.encoding._mergeable_ranks
    merges = [[_written(part) for part in _halves(token, ranks)] for token in sorted(ranks, key=ranks.__getitem__)
              if len(token) > 1]
    special = sorted(tokens.special_tokens.items(), key=lambda pair: pair[1])
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0", "truncation": None, "padding": None, "normalizer": None, "post_processor": None,
        "added_tokens": [{"id": number, "content": token, **plain} for token, number in special],
        "pre_tokenizer": byte_level, "decoder": byte_level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                  "vocab": {_written(token): number for token, number in ranks.items()}, "merges": merges},
    }


def _halves(token: bytes, ranks: dict[bytes, int]) -> list[bytes]:
    """The two parts that a token is merged from: what lower ranks alone make of its bytes."""
    parts = [bytes([byte]) for byte in token]
    limit = ranks[token]
    while len(parts) > 2:
        best = min(range(len(parts) - 1), key=lambda place: ranks.get(parts[place] + parts[place + 1], limit))
        if ranks.get(parts[best] + parts[best + 1], limit) >= limit:
            raise NotReady("The vocabulary of this model is not one of merged pairs.")
        parts[best:best + 2] = [parts[best] + parts[best + 1]]
    return parts


def _written(token: bytes) -> str:
    """Bytes as letters: printable ones as they are, the others from 256 on. Source: GPT-2."""
    return "".join(_LETTERS[byte] for byte in token)


_PRINTED = [*range(33, 127), *range(161, 173), *range(174, 256)]
_LETTERS = {byte: chr(byte) for byte in _PRINTED} | {
    byte: chr(256 + place) for place, byte in enumerate(byte for byte in range(256) if byte not in set(_PRINTED))}
