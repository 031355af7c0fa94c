import type { Hex } from "viem";

/** Bytes that are packed into one signal: fewer bits than the curve's order has. */
export const SIGNAL_BYTES = 31;

/** Bytes as signals: big-endian numbers of 31 bytes each, the last one of those that are left. */
export const packBytes = (data: Uint8Array): bigint[] =>
  Array.from({ length: Math.ceil(data.length / SIGNAL_BYTES) }, (_, i) =>
    data.subarray(i * SIGNAL_BYTES, (i + 1) * SIGNAL_BYTES).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  );

/** What binds a proof to an attestation: its uid without the lowest byte, which is below the curve's order. */
export const uidSignal = (uid: Hex): bigint => BigInt(uid) >> 8n;

/** The public signals of a proof: input and output, one after the other, then the attestation. */
export const publicSignals = (input: Uint8Array, output: Uint8Array, uid: Hex): bigint[] => [
  ...packBytes(Uint8Array.from([...input, ...output])),
  uidSignal(uid),
];
