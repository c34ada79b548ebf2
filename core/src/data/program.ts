/** A WebAssembly memory, which may be grown. */
export interface ProgramMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Node's; the types of the language without a browser lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const pageBytes = 2 ** 16;

/** What the module in `base64`, which imports nothing, exports. */
export function startProgram<Exports>(base64: string): Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(base64, "base64"))).exports as Exports;
}

/** `memory`, grown to at least `length` bytes. */
export function memoryOf(memory: ProgramMemory, length: number): Uint8Array {
  const lacking = length - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(Math.ceil(lacking / pageBytes));
  return new Uint8Array(memory.buffer);
}
