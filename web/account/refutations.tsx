import type { Address } from "viem";
import type { AttestationSummary, AttestationsPage } from "../../sdk/wire.ts";
import { useAttestations, usePages } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { Account } from "../components/account.tsx";
import { Hash } from "../components/hash.tsx";
import { Listing } from "../components/listing.tsx";
import { Time } from "../components/time.tsx";
import { group, short } from "../format.ts";

/** What was refuted of an account's, and what it helped to refute. */
export default function Refutations({ account }: { account: Address }) {
  const own = useAttestations({ prover: account, status: "refuted" });
  const caught = usePages<AttestationsPage>(`/v1/accounts/${account}/catches`);
  return (
    <>
      <h3>Of its own attestations</h3>
      <Listing
        query={own}
        what={["refutation of its own", "refutations of its own"]}
        columns={["Attestation", "Model", "Method", "Units", "Refuted"]}
        empty="Nothing of it was refuted."
        keyOf={({ uid }) => uid}
      >
        {(item) => (
          <>
            <Name of={item} />
            <What of={item} />
          </>
        )}
      </Listing>
      <h3>Of others, with its part in it</h3>
      <Listing
        query={caught}
        what={["refutation of others", "refutations of others"]}
        columns={["Attestation", "Prover", "Model", "Method", "Units", "Refuted"]}
        empty="It took part in no refutation."
        keyOf={({ uid }) => uid}
      >
        {(item) => (
          <>
            <Name of={item} />
            <td>
              <Account address={item.prover} copy={false} {...(item.unit && { season: item.unit.seasonId })} />
            </td>
            <What of={item} />
          </>
        )}
      </Listing>
    </>
  );
}

const Name = ({ of: { uid } }: { of: AttestationSummary }) => (
  <th scope="row">
    <Hash value={uid} what="attestation" href={`/attestations/${uid}`} />
  </th>
);

const What = ({ of: { modelId, method, count, settled, attested } }: { of: AttestationSummary }) => (
  <>
    <td>{cardOf(modelId)?.name ?? <code title={modelId}>{short(modelId)}</code>}</td>
    <td>{method.name}</td>
    <td>{group(count)}</td>
    <td className="nowrap">
      <Time at={(settled ?? attested).timestamp} />
    </td>
  </>
);
