"""A Whisper model of a megabyte with random weights: it proves how models are loaded and run, its words are noise."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

WORDS = 14  # tokens after which it comes to an end


def checkpoint(target: Path) -> Path:
    """Write the model as openai-whisper keeps its own.

    One number of a position grows with it; the token that ends the text listens to that one only, so the text ends
    after some words. Tokens of times are quiet but for the first, which Whisper itself asks for.
    """
    import torch
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(3)
    dims = ModelDimensions(n_mels=80, n_audio_ctx=1500, n_audio_state=8, n_audio_head=2, n_audio_layer=1,
                           n_vocab=51_865, n_text_ctx=448, n_text_state=8, n_text_head=2, n_text_layer=2)
    model = Whisper(dims)
    with torch.no_grad():
        for weights in model.parameters():
            weights.copy_(torch.randn_like(weights) * 0.3)
        places = model.decoder.positional_embedding
        places *= 10
        places[:, 0] = (torch.arange(448) - WORDS) * 8.0
        places[:, 1] = 80.0  # more than what such a token itself brings along
        model.decoder.ln.weight.fill_(1.0)
        model.decoder.ln.bias.fill_(0.0)
        tokens = model.decoder.token_embedding.weight
        tokens *= 10  # so that it is sure of its noise, and need not try again
        tokens[50_257] = 0.0
        tokens[50_257, 0] = 20.0  # <|endoftext|>
        tokens[50_258:] = 0.0
        tokens[50_258:, 1] = -20.0
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"dims": asdict(dims), "model_state_dict": model.half().state_dict()}, target)
    return target
