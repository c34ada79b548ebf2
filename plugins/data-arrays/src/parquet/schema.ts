import { ThriftReader } from "./thrift-reader.js";

/** A field of the schema; those of a struct follow it. */
export interface Element {
  readonly name: string;
  /** Fields inside it. */
  readonly children: number;
  readonly isBytes: boolean;
  readonly isText: boolean;
  readonly repetition: "required" | "optional" | "repeated";
}

/** A column of pictures. */
export interface Column {
  readonly name: string;
  /** A struct with `bytes`, as Hugging Face writes it. */
  readonly nested: boolean;
}

export interface ChosenColumn {
  readonly column: Column;
  readonly path: readonly string[];
  /** The definition level of a picture that is there. */
  readonly depth: number;
}

const mostElements = 100_000;
const repetitions = ["required", "optional", "repeated"] as const;
const byteArray = 6;
const utf8 = 0;

/** The schema in a footer, the root first; an `Error` where it is none. */
export function readSchema(footer: Uint8Array): readonly Element[] {
  const reader = new ThriftReader(footer);
  const schema: Element[] = [];
  reader.struct({
    2: () =>
      reader.list(() => {
        if (schema.length === mostElements) throw new Error(`its schema has more than ${mostElements} fields`);
        schema.push(readElement(reader));
      }),
  });
  if (schema.length < 2 || after(schema, 0) !== schema.length) throw new Error("its schema is not whole");
  return schema;
}

function readElement(reader: ThriftReader): Element {
  let [type, repetition, children, converted] = [-1, 0, 0, -1];
  const names: string[] = [];
  reader.struct({
    1: () => (type = reader.integer()),
    3: () => (repetition = reader.integer()),
    4: () => names.push(reader.text()),
    5: () => (children = reader.integer()),
    6: () => (converted = reader.integer()),
  });
  const [name] = names;
  const repeats = repetitions[repetition];
  if (name === undefined || repeats === undefined || !(children >= 0)) throw new Error("its schema has a field without a name, or with an impossible one");
  return { name, children, isBytes: type === byteArray && children === 0, isText: converted === utf8, repetition: repeats };
}

/** The column called `wanted`, or the first of `image`, `img` and any other that holds bytes; `undefined` where there is none. */
export function chooseColumn(schema: readonly Element[], wanted: string | null): ChosenColumn | undefined {
  const found = columnsOf(schema).flatMap((at) => pictureColumn(schema, at));
  const called = (pattern: RegExp): ChosenColumn | undefined => found.find(({ column }) => pattern.test(column.name));
  return wanted === null ? (called(/^(image|img|pixel_values|picture)s?$/) ?? found[0]) : found.find(({ column }) => column.name === wanted);
}

/** Names of the columns, for messages. */
export function columnNames(schema: readonly Element[]): readonly string[] {
  return columnsOf(schema).map((at) => (schema[at] as Element).name);
}

/** Where the columns are, and the fields of a struct. */
function columnsOf(schema: readonly Element[], struct = 0): readonly number[] {
  const places: number[] = [];
  for (let at = struct + 1, end = after(schema, struct); at < end; at = after(schema, at)) places.push(at);
  return places;
}

/** The column at `at`, where it holds pictures: one a row, so that nothing repeats. */
function pictureColumn(schema: readonly Element[], at: number): readonly ChosenColumn[] {
  const element = schema[at] as Element;
  const bytes = columnsOf(schema, at).map((place) => schema[place] as Element).find(({ name }) => name === "bytes");
  const nested = element.children > 0;
  const holder = nested ? bytes : element;
  const fields = bytes === undefined ? [element] : [element, bytes];
  if (holder?.isBytes !== true || (holder.isText && !nested) || fields.some(({ repetition }) => repetition === "repeated")) return [];
  return [{ column: { name: element.name, nested }, path: fields.map(({ name }) => name), depth: fields.filter(({ repetition }) => repetition === "optional").length }];
}

/** The place after an element and all that it holds; past the end of the schema where it lacks some. */
function after(schema: readonly Element[], at: number): number {
  let next = at;
  for (let left = 1; left > 0; next += 1, left -= 1) {
    const element = schema[next];
    if (element === undefined) return schema.length + 1;
    left += element.children;
  }
  return next;
}
