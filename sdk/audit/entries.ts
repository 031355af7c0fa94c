import { checksum as getAddress } from "ox/Address";
import { fromBytes as bytesToHex, toBytes as hexToBytes } from "ox/Hex";
import type { Address } from "viem";
import type { LedgerEntry } from "../commitments.ts";

/** A ledger entry and the block that holds its event. */
export type PlacedEntry = LedgerEntry & { blockNumber: bigint };

/** u32 number of the account ‖ subject ‖ u8 reason ‖ u8 1 where points are taken ‖ u64 amount ‖ u64 seq ‖ u64 block. */
const WIDTH = 62;
const PAGE = 4_096;

/** A season's entries in order, 62 bytes each: a million fit where as many objects would not. */
export class Entries implements Iterable<PlacedEntry> {
  readonly #seasonId: bigint;
  readonly #accounts: Address[] = [];
  readonly #numbers = new Map<Address, number>();
  readonly #pages: Uint8Array[] = [];
  #length = 0;

  constructor(seasonId: bigint) {
    this.#seasonId = seasonId;
  }

  get length(): number {
    return this.#length;
  }

  append({ account, subject, reason, delta, seq, blockNumber }: PlacedEntry): void {
    if (this.#length % PAGE === 0) this.#pages.push(new Uint8Array(PAGE * WIDTH));
    const [bytes, view] = this.#record(this.#length);
    view.setUint32(0, this.#numberOf(account));
    bytes.set(hexToBytes(subject), 4);
    view.setUint8(36, reason);
    view.setUint8(37, delta < 0n ? 1 : 0);
    view.setBigUint64(38, delta < 0n ? -delta : delta);
    view.setBigUint64(46, seq);
    view.setBigUint64(54, blockNumber);
    this.#length += 1;
  }

  *[Symbol.iterator](): Generator<PlacedEntry> {
    for (let i = 0; i < this.#length; i++) {
      const [bytes, view] = this.#record(i);
      const amount = view.getBigUint64(38);
      yield {
        seasonId: this.#seasonId,
        account: this.#accounts[view.getUint32(0)] as Address,
        subject: bytesToHex(bytes.subarray(4, 36)),
        reason: view.getUint8(36),
        delta: view.getUint8(37) === 1 ? -amount : amount,
        seq: view.getBigUint64(46),
        blockNumber: view.getBigUint64(54),
      };
    }
  }

  #numberOf(address: Address): number {
    const known = this.#numbers.get(address);
    if (known !== undefined) return known;
    this.#numbers.set(address, this.#accounts.length);
    return this.#accounts.push(getAddress(address)) - 1;
  }

  #record(i: number): [Uint8Array, DataView] {
    const page = this.#pages[Math.floor(i / PAGE)] as Uint8Array;
    const at = (i % PAGE) * WIDTH;
    return [page.subarray(at, at + WIDTH), new DataView(page.buffer, at, WIDTH)];
  }
}
