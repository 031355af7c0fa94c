// A strict reader of protobuf messages. Two readers that are lenient in different ways can see two models in one file,
// so everything that has more than one reading is refused: unknown fields, a single field given twice, numbers that are
// longer than necessary, packed and unpacked elements in turn. Wire format: https://protobuf.dev/programming-guides/encoding/

/** A file that is not a well-formed model. The message is a sentence. */
export class MalformedModel extends Error {
  override name = "MalformedModel";
}

/** How a field is read. A list's field may be repeated. */
type FieldKind = "int" | "float" | "double" | "bytes" | "text" | "message";

/** A field of a message: its kind, and whether it may be repeated. */
interface FieldRule {
  name: string;
  kind: FieldKind;
  repeated?: boolean;
}

/** The fields that a message may have, by their numbers. */
export interface MessageRule {
  name: string;
  fields: Readonly<Record<number, FieldRule>>;
}

/** A field's values in order; integers are int64. A field that isn't there has none. */
export type Values = Readonly<Record<string, readonly (bigint | number | string | Uint8Array)[]>>;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Reads a message by its rule. Throws {@link MalformedModel} if it has more than one reading. */
export function readMessage(bytes: Uint8Array, { name, fields }: MessageRule): Values {
  const values: Record<string, (bigint | number | string | Uint8Array)[]> = {};
  const packed = new Set<string>();
  const reader = readerOf(bytes, name);
  while (!reader.atEnd()) {
    const key = Number(reader.varint());
    const [number, wireType] = [Math.floor(key / 8), key % 8];
    const field = fields[number];
    if (!field) throw new MalformedModel(`${name} has a field ${number}, which is not allowed.`);
    const known = values[field.name];
    const list = known ?? [];
    values[field.name] = list;
    if (known && !field.repeated) throw new MalformedModel(`${name} has its field "${field.name}" twice.`);
    if (wireType === LENGTH_DELIMITED && isNumeric(field.kind)) {
      if (!field.repeated || known)
        throw new MalformedModel(`${name} has its field "${field.name}" in two forms or in a form that it can't have.`);
      packed.add(field.name);
      const elements = readerOf(reader.bytes(), name);
      while (!elements.atEnd()) list.push(readOne(elements, wireTypeOf(field.kind), field, name));
    } else {
      if (packed.has(field.name)) throw new MalformedModel(`${name} has its field "${field.name}" in two forms.`);
      list.push(readOne(reader, wireType, field, name));
    }
  }
  return values;
}

const isNumeric = (kind: FieldKind): boolean => kind === "int" || kind === "float" || kind === "double";

const wireTypeOf = (kind: FieldKind): number =>
  kind === "int" ? VARINT : kind === "float" ? FIXED32 : kind === "double" ? FIXED64 : LENGTH_DELIMITED;

function readOne(
  reader: Reader,
  wireType: number,
  field: FieldRule,
  message: string,
): bigint | number | string | Uint8Array {
  if (wireType !== wireTypeOf(field.kind))
    throw new MalformedModel(`${message} has its field "${field.name}" in a form that it can't have.`);
  switch (field.kind) {
    case "int":
      return BigInt.asIntN(64, reader.varint());
    case "float":
      return reader.float();
    case "double":
      return reader.double();
    case "text":
      return textOf(reader.bytes(), field.name, message);
    default:
      return reader.bytes();
  }
}

function textOf(bytes: Uint8Array, field: string, message: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedModel(`${message} has a "${field}" that is no UTF-8 text.`);
  }
}

interface Reader {
  atEnd(): boolean;
  /** An unsigned 64-bit number. */
  varint(): bigint;
  float(): number;
  double(): number;
  bytes(): Uint8Array;
}

function readerOf(bytes: Uint8Array, message: string): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;

  const take = (length: number): number => {
    if (length > bytes.length - at) throw new MalformedModel(`${message} ends in the middle of a field.`);
    const start = at;
    at += length;
    return start;
  };

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[take(1)] as number;
      if (shift === 63n && byte > 1) break;
      value |= BigInt(byte & 127) << shift;
      if (byte >= 128) continue;
      if (byte === 0 && shift > 0n) break;
      return value;
    }
    throw new MalformedModel(`${message} has a number that is longer than it need be.`);
  }

  return {
    atEnd: () => at === bytes.length,
    varint,
    float: () => view.getFloat32(take(4), true),
    double: () => view.getFloat64(take(8), true),
    bytes() {
      const length = varint();
      if (length > BigInt(bytes.length)) throw new MalformedModel(`${message} ends in the middle of a field.`);
      const start = take(Number(length));
      return bytes.subarray(start, start + Number(length));
    },
  };
}
