/** A value of a pickle: data, the name of something to call, or a reference to a storage outside of the pickle. */
export type Pickled = null | boolean | number | string | Tuple | Global | Persistent | TensorView | Pickled[] | Map<Pickled, Pickled>;

export class Tuple {
  constructor(readonly items: readonly Pickled[]) {}
}

/** Something that may be called, by `module.name`. */
export class Global {
  constructor(readonly name: string) {}
}

/** What lies outside of the pickle, by the value that names it. */
export class Persistent {
  constructor(readonly id: Pickled) {}
}

/** A tensor over a storage, which is read when its numbers are asked for. */
export class TensorView {
  constructor(
    readonly storage: Persistent,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}
