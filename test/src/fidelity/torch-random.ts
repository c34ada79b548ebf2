// The Mersenne Twister (Matsumoto and Nishimura 1998) as torch.rand draws from it: the reference pair of LPIPS is of these numbers.

const [size, period] = [624, 397];

/** `torch.manual_seed(seed)`, and then numbers of `torch.rand` in single precision, one after the other. */
export function torchRand(seed: number): (count: number) => Float32Array {
  const state = new Uint32Array(size);
  state[0] = seed;
  for (let i = 1; i < size; i += 1) {
    const before = state[i - 1] ?? 0;
    state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
  }
  let at = size;
  const next = (): number => {
    if (at === size) {
      twist(state);
      at = 0;
    }
    let word = state[at] ?? 0;
    at += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
  return (count) => Float32Array.from({ length: count }, () => (next() & 0xffffff) * 2 ** -24);
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < size; i += 1) {
    const joined = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % size] ?? 0) & 0x7fffffff);
    state[i] = (state[(i + period) % size] ?? 0) ^ (joined >>> 1) ^ ((joined & 1) === 0 ? 0 : 0x9908b0df);
  }
}
