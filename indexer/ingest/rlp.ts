/** Bytes, or a list of such. */
export type RlpItem = Uint8Array | readonly RlpItem[];

const SHORT = 55;

/** An item in RLP, Ethereum's encoding of nested lists: Yellow Paper, appendix B. */
export function encodeRlp(item: RlpItem): Buffer {
  const bytes = Buffer.allocUnsafe(sizeOf(item));
  write(item, bytes, 0);
  return bytes;
}

/** A whole number as RLP has it: without leading zeros, zero without bytes. */
export function numberBytes(value: number): Uint8Array {
  if (value === 0) return NO_BYTES;
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

const NO_BYTES = new Uint8Array(0);

const isByte = (bytes: Uint8Array): boolean => bytes.length === 1 && (bytes[0] as number) < 0x80;

const isBytes = (item: RlpItem): item is Uint8Array => item instanceof Uint8Array;

/** Bytes of what follows the prefix. */
const payloadOf = (item: RlpItem): number =>
  isBytes(item) ? item.length : item.reduce((sum, each) => sum + sizeOf(each), 0);

function sizeOf(item: RlpItem): number {
  if (isBytes(item) && isByte(item)) return 1;
  const payload = payloadOf(item);
  return 1 + (payload > SHORT ? lengthSize(payload) : 0) + payload;
}

const lengthSize = (length: number): number => Math.ceil((32 - Math.clz32(length)) / 8);

function write(item: RlpItem, target: Buffer, at: number): number {
  if (isBytes(item)) {
    if (isByte(item)) return target.writeUInt8(item[0] as number, at);
    const start = writePrefix(0x80, item.length, target, at);
    target.set(item, start);
    return start + item.length;
  }
  let end = writePrefix(0xc0, payloadOf(item), target, at);
  for (const each of item) end = write(each, target, end);
  return end;
}

function writePrefix(base: number, length: number, target: Buffer, at: number): number {
  if (length <= SHORT) return target.writeUInt8(base + length, at);
  const size = lengthSize(length);
  target.writeUInt8(base + SHORT + size, at);
  return target.writeUIntBE(length, at + 1, size);
}
