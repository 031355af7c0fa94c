import type { FormEvent } from "react";
import type { Address, Hex } from "viem";
import { useSearchParams } from "wouter";
import { statusNames } from "../../sdk/protocol.ts";
import type { AttestationStatus, AttestationSummary } from "../../sdk/wire.ts";
import { useAttestations } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { Account } from "../components/account.tsx";
import { AddressField, Choice, ModelChoice } from "../components/choice.tsx";
import { Hash } from "../components/hash.tsx";
import { Listing } from "../components/listing.tsx";
import { Page } from "../components/page.tsx";
import { Status } from "../components/status.tsx";
import { Time } from "../components/time.tsx";
import { group, short } from "../format.ts";

const statuses = statusNames.filter((name) => name !== "none").map((name) => ({ value: name, text: name }));

interface Filter {
  prover?: Address;
  model?: Hex;
  status?: AttestationStatus;
}

/** The filters in the page's address; the API says if one is wrong. */
function filterOf(search: URLSearchParams): Filter {
  const entries = ["prover", "model", "status"].map((name) => [name, search.get(name)]);
  return Object.fromEntries(entries.filter(([, value]) => value)) as Filter;
}

/** All attestations, newest first, filtered by the page's address. */
export default function AttestationsPage() {
  const [search, setSearch] = useSearchParams();
  const filter = filterOf(search);
  const query = useAttestations(filter);
  return (
    <Page title="Attestations">
      <Filters filter={filter} setFilter={(next) => setSearch({ ...next })} />
      <Listing
        query={query}
        what={["attestation", "attestations"]}
        columns={["Attestation", "Status", "Prover", "Model", "Method", "For", "Recorded"]}
        empty={
          Object.keys(filter).length === 0
            ? "Nothing was attested yet."
            : "No attestation fits these filters. Clear one to see more."
        }
        keyOf={({ uid }) => uid}
      >
        {(item) => <Cells item={item} />}
      </Listing>
    </Page>
  );
}

function Filters({ filter, setFilter }: { filter: Filter; setFilter: (filter: Filter) => void }) {
  const change = (name: keyof Filter, value: string) => {
    const { [name]: _, ...rest } = filter;
    setFilter(value === "" ? rest : { ...rest, [name]: value });
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    change("prover", String(new FormData(event.currentTarget).get("prover")).trim());
  };
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <Choice label="Status" value={filter.status} options={statuses} change={(value) => change("status", value)} />
        <ModelChoice value={filter.model} change={(value) => change("model", value)} />
        <AddressField label="Prover" name="prover" value={filter.prover} />
        <button type="submit">Filter</button>
        {Object.keys(filter).length > 0 && (
          <button type="button" onClick={() => setFilter({})}>
            Clear all
          </button>
        )}
      </form>
    </search>
  );
}

function Cells({ item }: { item: AttestationSummary }) {
  const { uid, status, prover, modelId, method, unit, count, attested } = item;
  return (
    <>
      <th scope="row">
        <Hash value={uid} what="attestation" href={`/attestations/${uid}`} />
      </th>
      <td>
        <Status status={status} />
      </td>
      <td>
        <Account address={prover} copy={false} {...(unit && { season: unit.seasonId })} />
      </td>
      <td>{cardOf(modelId)?.name ?? <code title={modelId}>{short(modelId)}</code>}</td>
      <td>{method.name}</td>
      <td className="nowrap">{unit ? forUnits(unit, count) : "no unit"}</td>
      <td className="nowrap">
        <Time at={attested.timestamp} />
      </td>
    </>
  );
}

function forUnits({ seasonId, taskId, unit }: NonNullable<AttestationSummary["unit"]>, count: number): string {
  const units =
    count === 1 ? `unit ${group(unit)}` : `units ${group(unit)}–${group(BigInt(unit) + BigInt(count) - 1n)}`;
  return `${units}, task ${taskId}, season ${seasonId}`;
}
