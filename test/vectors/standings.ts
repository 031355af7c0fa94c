import { bytesToHex, getAddress, slice } from "viem";
import { rankAll } from "../../sdk/ledger.ts";
import { cutStandings, standingBytes } from "../../sdk/standings.ts";
import { hash } from "./bytes.ts";

/** Final orders, cut into chunks: equal points across a cut, none at all, and the largest numbers. */
export function standings() {
  const points = [2n ** 63n - 1n, 70n, 70n, 70n, 9n, 0n, 0n];
  const accounts = points.map((points, i) => ({
    account: getAddress(slice(hash(`account ${i}`), 12)),
    points,
    lastSeq: i === 6 ? 2n ** 64n - 1n : BigInt(300 - 7 * i),
  }));
  const order = rankAll(accounts);
  return [1, 3, 7]
    .flatMap((size) => cutStandings(order, size).slice(0, 3))
    .map(({ first, root, standings, proof }) => ({
      ...{ first, root },
      standings: standings.map((standing) => {
        const { place, rank, account, points, lastSeq } = standing;
        const data = bytesToHex(standingBytes(standing));
        return { place, rank, account, points: `${points}`, lastSeq: `${lastSeq}`, data };
      }),
      proofs: standings.map(({ place }) => ({ place, ...proof(place) })),
    }));
}
