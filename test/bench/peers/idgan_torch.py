"""The update benchmark's peer: both stages of ID-GAN at the official 64x64 dSprites settings, in PyTorch 1.13 or later.

python3 idgan_torch.py --model vae|gan [--updates 20] [--warmup 5] [--threads 2] [--batch 64] [--compile]

It trains one stage from memory and prints one line of JSON. The settings: beta 8, 10 codes, no nuisance, Bernoulli decoder, Adam 1e-4;
non-saturating loss, R1 weight 10 on real images at every update, id weight 1e-4, RMSprop 1e-3 and 1e-4 (alpha 0.99, eps 1e-8), average 0.999.
What an update needs and no more: the teacher's and the idle network's weights get no gradients, and R1 shares the real images' forward pass.
"""
import argparse
import copy
import json
import math
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

CODES = 10
IMAGES = 2048


def encoder(outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 32, 4, 2, 1), nn.ReLU(),
        nn.Conv2d(32, 32, 4, 2, 1), nn.ReLU(),
        nn.Conv2d(32, 64, 4, 2, 1), nn.ReLU(),
        nn.Conv2d(64, 64, 4, 2, 1), nn.ReLU(),
        nn.Conv2d(64, 256, 4, 1, 0), nn.ReLU(),
        nn.Flatten(), nn.Linear(256, outputs),
    )


def decoder() -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(CODES, 256), nn.ReLU(), nn.Unflatten(1, (256, 1, 1)),
        nn.ConvTranspose2d(256, 64, 4, 1, 0), nn.ReLU(),
        nn.ConvTranspose2d(64, 64, 4, 2, 1), nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(),
        nn.ConvTranspose2d(32, 32, 4, 2, 1), nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 4, 2, 1),
    )


def initialise(network: nn.Module) -> nn.Module:
    for name, parameter in network.named_parameters():
        if name.endswith("weight"):
            nn.init.normal_(parameter, 0.0, 0.02)
        else:
            nn.init.zeros_(parameter)
    return network


def sample(statistics_of_code: torch.Tensor) -> torch.Tensor:
    mean, log_var = statistics_of_code.chunk(2, 1)
    return mean + torch.exp(log_var / 2) * torch.randn_like(mean)


def squares(count: int) -> torch.Tensor:
    """White squares on black at random places: as sparse as sprites, and made at once."""
    size = torch.randint(8, 20, (count, 1, 1))
    top, left = torch.randint(0, 44, (2, count, 1, 1))
    row = torch.arange(64).reshape(1, 64, 1)
    column = torch.arange(64).reshape(1, 1, 64)
    inside = (row >= top) & (row < top + size) & (column >= left) & (column < left + size)
    return inside.float().unsqueeze(1)


class VaeUpdate:
    def __init__(self, compiled: bool):
        self.encode = initialise(encoder(2 * CODES))
        self.decode = initialise(decoder())
        self.optimizer = torch.optim.Adam([*self.encode.parameters(), *self.decode.parameters()], lr=1e-4, betas=(0.9, 0.999))
        self.terms = torch.compile(self.compute_terms) if compiled else self.compute_terms

    def compute_terms(self, x: torch.Tensor):
        code = self.encode(x)
        mean, log_var = code.chunk(2, 1)
        logits = self.decode(sample(code))
        reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / x.shape[0]
        kl = -0.5 * (1 + log_var - mean.square() - log_var.exp()).sum(1).mean()
        return reconstruction, kl

    def run(self, x: torch.Tensor) -> dict:
        reconstruction, kl = self.terms(x)
        self.optimizer.zero_grad(set_to_none=True)
        (reconstruction + 8 * kl).backward()
        self.optimizer.step()
        return {"reconstruction": reconstruction.item(), "kl": kl.item()}


class GanUpdate:
    def __init__(self, compiled: bool):
        self.teacher = initialise(encoder(2 * CODES)).requires_grad_(False)
        self.generator = nn.Sequential(initialise(decoder()), nn.Tanh())
        self.discriminator = initialise(encoder(1))
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        rmsprop = {"alpha": 0.99, "eps": 1e-8}
        self.generator_optimizer = torch.optim.RMSprop(self.generator.parameters(), lr=1e-3, **rmsprop)
        self.discriminator_optimizer = torch.optim.RMSprop(self.discriminator.parameters(), lr=1e-4, **rmsprop)
        # torch.compile cannot differentiate twice, so the discriminator stays eager.
        self.encode = torch.compile(self.teacher) if compiled else self.teacher
        self.generate = torch.compile(self.generator) if compiled else self.generator

    def run(self, batch: torch.Tensor) -> dict:
        real = (batch * 2 - 1).requires_grad_()
        with torch.no_grad():
            c = sample(self.encode(batch))
            fake = self.generate(c)

        real_logits = self.discriminator(real)
        (gradient,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True)
        r1 = gradient.square().sum((1, 2, 3)).mean()
        adversarial = F.softplus(-real_logits).mean() + F.softplus(self.discriminator(fake)).mean()
        self.discriminator_optimizer.zero_grad(set_to_none=True)
        (adversarial + 10 * r1).backward()
        self.discriminator_optimizer.step()

        self.discriminator.requires_grad_(False)
        image = self.generate(c)
        mean, log_var = self.encode((image + 1) / 2).chunk(2, 1)
        id_loss = 0.5 * (math.log(2 * math.pi) + log_var + (c - mean).square() / (log_var.exp() + 1e-8)).sum(1).mean()
        deceit = F.softplus(-self.discriminator(image)).mean()
        self.generator_optimizer.zero_grad(set_to_none=True)
        (deceit + 1e-4 * id_loss).backward()
        self.generator_optimizer.step()
        self.discriminator.requires_grad_(True)

        with torch.no_grad():
            for mean_weight, weight in zip(self.average.parameters(), self.generator.parameters()):
                mean_weight.lerp_(weight, 1 - 0.999)
        return {"adversarial": adversarial.item(), "r1": r1.item(), "generator": deceit.item(), "id": id_loss.item()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=["vae", "gan"], default="vae")
    parser.add_argument("--updates", type=int, default=20)
    parser.add_argument("--warmup", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()

    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    images = squares(IMAGES)
    update = (VaeUpdate if options.model == "vae" else GanUpdate)(options.compile)
    times = []
    losses = {}
    for i in range(options.warmup + options.updates):
        start = time.perf_counter()
        losses = update.run(images[torch.randint(0, IMAGES, (options.batch,))])
        if i >= options.warmup:
            times.append(1000 * (time.perf_counter() - start))
    print(json.dumps({
        "framework": "pytorch",
        "version": f"PyTorch {torch.__version__}{' compiled' if options.compile else ''}",
        "torch": torch.__version__,
        "model": options.model,
        "batch": options.batch,
        "threads": options.threads,
        "updates": options.updates,
        "median_ms": statistics.median(times),
        "min_ms": min(times),
        "max_ms": max(times),
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "losses": losses,
    }))


if __name__ == "__main__":
    main()
