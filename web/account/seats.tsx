import { type Address, formatEther } from "viem";
import type { SeatsPage } from "../../sdk/wire.ts";
import { usePages } from "../api.ts";
import { Hash } from "../components/hash.tsx";
import { Listing } from "../components/listing.tsx";
import { Status } from "../components/status.tsx";
import { Time } from "../components/time.tsx";
import { seatWords } from "./words.ts";

/** The seats on panels that an account was drawn for. */
export default function Seats({ account }: { account: Address }) {
  return (
    <Listing
      query={usePages<SeatsPage>(`/v1/accounts/${account}/seats`)}
      what={["seat", "seats"]}
      columns={["Attestation", "Panel", "What it did", "Lost", "Status", "Drawn"]}
      empty="It was never drawn for a panel."
      keyOf={({ drawn }) => `${drawn.blockNumber}-${drawn.logIndex}`}
    >
      {(seat) => (
        <>
          <th scope="row">
            <Hash value={seat.attestation.uid} what="attestation" href={`/attestations/${seat.attestation.uid}`} />
          </th>
          <td>{seat.round === 1 ? "first" : "deciding"}</td>
          <td>{seatWords(seat)}</td>
          <td className="nowrap">{seat.lost === "0" ? "nothing" : `${formatEther(BigInt(seat.lost))} ETH`}</td>
          <td>
            <Status status={seat.attestation.status} />
          </td>
          <td className="nowrap">
            <Time at={seat.drawn.timestamp} />
          </td>
        </>
      )}
    </Listing>
  );
}
