// ONNX protobuf, messages and field numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import protobuf from "protobufjs/minimal.js";
import { elementTypes, type Attribute, type OnnxModel, type OnnxNode, type OnnxPort, type OnnxTensor } from "./model.js";

type Writer = protobuf.Writer;

/** Opset 17 came with ONNX 1.12, whose IR version is 8; every later runtime reads both. ONNX Runtime's own domains stay at version 1. */
const irVersion = 8;
const opset = 17;

const varint = 0;
const bytes = 2;
const fixed32 = 5;

const attributeTypes = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

/** A model as the bytes of a `.onnx` file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = protobuf.Writer.create();
  field(writer, 1, varint).int32(irVersion);
  field(writer, 2, bytes).string("idgan");
  message(writer, 7, () => encodeGraph(writer, model));
  const domains = new Set(["", ...model.nodes.map((node) => node.domain)]);
  for (const domain of domains) {
    message(writer, 8, () => {
      field(writer, 1, bytes).string(domain);
      field(writer, 2, varint).int32(domain === "" ? opset : 1);
    });
  }
  return writer.finish();
}

function encodeGraph(writer: Writer, model: OnnxModel): void {
  for (const node of model.nodes) message(writer, 1, () => encodeNode(writer, node));
  field(writer, 2, bytes).string(model.name);
  for (const tensor of model.initializers) message(writer, 5, () => encodeTensor(writer, tensor));
  for (const port of model.inputs) message(writer, 11, () => encodePort(writer, port));
  for (const port of model.outputs) message(writer, 12, () => encodePort(writer, port));
}

function encodeNode(writer: Writer, node: OnnxNode): void {
  for (const name of node.inputs) field(writer, 1, bytes).string(name);
  for (const name of node.outputs) field(writer, 2, bytes).string(name);
  field(writer, 3, bytes).string(node.name);
  field(writer, 4, bytes).string(node.op);
  for (const [name, value] of Object.entries(node.attributes)) message(writer, 5, () => encodeAttribute(writer, name, value));
  if (node.domain !== "") field(writer, 7, bytes).string(node.domain);
}

function encodeAttribute(writer: Writer, name: string, value: Attribute): void {
  field(writer, 1, bytes).string(name);
  if (typeof value === "number") {
    field(writer, 3, varint).int64(value);
    field(writer, 20, varint).int32(attributeTypes.int);
  } else if (typeof value === "string") {
    field(writer, 4, bytes).string(value);
    field(writer, 20, varint).int32(attributeTypes.string);
  } else if ("float" in value) {
    field(writer, 2, fixed32).float(value.float);
    field(writer, 20, varint).int32(attributeTypes.float);
  } else if ("floats" in value) {
    for (const item of value.floats) field(writer, 7, fixed32).float(item);
    field(writer, 20, varint).int32(attributeTypes.floats);
  } else {
    for (const item of value) field(writer, 8, varint).int64(item);
    field(writer, 20, varint).int32(attributeTypes.ints);
  }
}

function encodeTensor(writer: Writer, tensor: OnnxTensor): void {
  for (const size of tensor.shape) field(writer, 1, varint).int64(size);
  field(writer, 2, varint).int32(elementTypes[tensor.type]);
  field(writer, 8, bytes).string(tensor.name);
  field(writer, 9, bytes).bytes(tensor.bytes);
}

function encodePort(writer: Writer, port: OnnxPort): void {
  field(writer, 1, bytes).string(port.name);
  message(writer, 2, () => {
    if (port.sequence) message(writer, 4, () => message(writer, 1, () => encodeTensorType(writer, port)));
    else encodeTensorType(writer, port);
  });
}

function encodeTensorType(writer: Writer, { type, shape }: OnnxPort): void {
  message(writer, 1, () => {
    field(writer, 1, varint).int32(elementTypes[type]);
    message(writer, 2, () => {
      for (const size of shape) message(writer, 1, () => field(writer, 1, varint).int64(size));
    });
  });
}

function field(writer: Writer, number: number, wireType: number): Writer {
  return writer.uint32((number << 3) | wireType);
}

function message(writer: Writer, number: number, body: () => void): void {
  field(writer, number, bytes).fork();
  body();
  writer.ldelim();
}
