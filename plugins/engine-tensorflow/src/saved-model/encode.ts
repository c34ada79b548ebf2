// SavedModel protobuf, messages and field numbers of saved_model.proto, meta_graph.proto, graph.proto, node_def.proto, attr_value.proto and tensor.proto in
// https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf and .../framework
import protobuf from "protobufjs/minimal.js";
import { dataTypes, type Attribute, type NodeDef } from "./graph-def.js";

type Writer = protobuf.Writer;

const varint = 0;
const bytes = 2;
const fixed32 = 5;

const schemaVersion = 1;
/** GraphDefs of TensorFlow 2.9 and later; an older producer is read by every later library. */
const producer = 1087;
/** What tfjs-node asks for by default. */
export const tag = "serve";

/** A graph as the bytes of a `saved_model.pb`: no variables of its own, for they are assigned through the graph. */
export function encodeSavedModel(nodes: readonly NodeDef[]): Uint8Array {
  const writer = protobuf.Writer.create();
  field(writer, 1, varint).int64(schemaVersion);
  message(writer, 2, () => {
    message(writer, 1, () => field(writer, 4, bytes).string(tag));
    message(writer, 2, () => {
      for (const node of nodes) message(writer, 1, () => encodeNode(writer, node));
      message(writer, 4, () => field(writer, 1, varint).int32(producer));
    });
  });
  return writer.finish();
}

function encodeNode(writer: Writer, { name, op, inputs, attributes }: NodeDef): void {
  field(writer, 1, bytes).string(name);
  field(writer, 2, bytes).string(op);
  for (const input of inputs) field(writer, 3, bytes).string(input);
  for (const [key, value] of Object.entries(attributes)) {
    message(writer, 5, () => {
      field(writer, 1, bytes).string(key);
      message(writer, 2, () => encodeAttribute(writer, value));
    });
  }
}

function encodeAttribute(writer: Writer, value: Attribute): void {
  if ("type" in value) field(writer, 6, varint).int32(dataTypes[value.type]);
  else if ("int" in value) field(writer, 3, varint).int64(value.int);
  else if ("float" in value) field(writer, 4, fixed32).float(value.float);
  else if ("bool" in value) field(writer, 5, varint).bool(value.bool);
  else if ("text" in value) field(writer, 2, bytes).string(value.text);
  else if ("shape" in value) message(writer, 7, () => encodeShape(writer, value.shape));
  else if ("ints" in value) {
    message(writer, 1, () => {
      for (const item of value.ints) field(writer, 3, varint).int64(item);
    });
  } else {
    message(writer, 8, () => {
      field(writer, 1, varint).int32(dataTypes[value.tensor.dtype]);
      message(writer, 2, () => encodeShape(writer, value.tensor.shape));
      field(writer, 4, bytes).bytes(value.tensor.bytes);
    });
  }
}

function encodeShape(writer: Writer, shape: readonly number[]): void {
  for (const size of shape) message(writer, 2, () => field(writer, 1, varint).int64(size));
}

function field(writer: Writer, number: number, wireType: number): Writer {
  return writer.uint32((number << 3) | wireType);
}

function message(writer: Writer, number: number, body: () => void): void {
  field(writer, number, bytes).fork();
  body();
  writer.ldelim();
}
