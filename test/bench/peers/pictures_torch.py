"""Images a second that PyTorch's DataLoader gives with PIL: python3 pictures_torch.py FOLDER SIZE BATCH WORKERS IMAGES

The same work as @idgan/plugin-data-images: open, convert to RGB, short side to SIZE by Lanczos, centre crop, floats in [0, 1]. Timed from the moment at
which the workers have given their first batch, so that their start does not count.
"""
import os
import sys
import time

import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize, ToTensor

folder, (size, batch, workers, images) = sys.argv[1], map(int, sys.argv[2:])


class Pictures(Dataset):
    def __init__(self):
        self.paths = sorted(os.path.join(folder, name) for name in os.listdir(folder))
        self.transform = Compose([Resize(size, InterpolationMode.LANCZOS), CenterCrop(size), ToTensor()])

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        with Image.open(self.paths[index]) as image:
            return self.transform(image.convert("RGB"))


if __name__ == "__main__":
    torch.set_num_threads(1)
    loader = iter(DataLoader(Pictures(), batch_size=batch, shuffle=True, drop_last=True, num_workers=workers))
    next(loader)
    start = time.perf_counter()
    done = 0
    while done < images:
        done += len(next(loader))
    print(done / (time.perf_counter() - start))
