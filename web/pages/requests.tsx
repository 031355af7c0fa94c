import { type FormEvent, useId, useState } from "react";
import type { Address, Hex } from "viem";
import { useSearchParams } from "wouter";
import type { InferenceRequestSummary, RequestState } from "../../sdk/wire.ts";
import { useRequests } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { Account } from "../components/account.tsx";
import { AddressField, Choice, ModelChoice } from "../components/choice.tsx";
import { Hash } from "../components/hash.tsx";
import { Listing } from "../components/listing.tsx";
import { Page } from "../components/page.tsx";
import { Time } from "../components/time.tsx";
import { short } from "../format.ts";
import { Money } from "../requests/money.tsx";
import { RequestStatus } from "../requests/state.tsx";
import { nobodyIn, roles, stateWords } from "../requests/words.ts";

const states = Object.keys(stateWords).map((state) => ({ value: state, text: state }));

interface Filter {
  state?: RequestState;
  model?: Hex;
  requester?: Address;
  prover?: Address;
  beneficiary?: Address;
}

/** The filters in the page's address; the API says if one is wrong. */
function filterOf(search: URLSearchParams): Filter {
  const entries = ["state", "model", ...roles].map((name) => [name, search.get(name)]);
  return Object.fromEntries(entries.filter(([, value]) => value)) as Filter;
}

/** All requests for inferences, newest first, filtered by the page's address. */
export default function RequestsPage() {
  const [search, setSearch] = useSearchParams();
  const filter = filterOf(search);
  const query = useRequests(filter);
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Page title="Requests">
      <p>
        Anyone asks for an inference and pays for it; a prover answers with an attestation, and may cover it with its
        own money for the one who acts on it at once.
      </p>
      <Filters key={JSON.stringify(filter)} filter={filter} setFilter={(next) => setSearch({ ...next })} />
      <Listing
        query={query}
        what={["request", "requests"]}
        columns={["Request", "State", "Model", "Fee", "Cover", "Asked by", "Prover"]}
        empty={
          isFiltered ? "No request fits these filters. Clear one to see more." : "Nobody has asked for anything yet."
        }
        keyOf={({ requestId }) => requestId}
      >
        {(item) => <Cells item={item} />}
      </Listing>
    </Page>
  );
}

function Filters({ filter, setFilter }: { filter: Filter; setFilter: (filter: Filter) => void }) {
  const id = useId();
  const [role, setRole] = useState(roles.find((name) => filter[name] !== undefined) ?? "requester");
  const change = (name: keyof Filter, value: string) => {
    const { [name]: _, ...rest } = filter;
    setFilter(value === "" ? rest : { ...rest, [name]: value });
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    change(role, String(new FormData(event.currentTarget).get("account")).trim());
  };
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <Choice label="State" value={filter.state} options={states} change={(value) => change("state", value)} />
        <ModelChoice value={filter.model} change={(value) => change("model", value)} />
        <label htmlFor={id}>Account as</label>
        <select id={id} value={role} onChange={({ target }) => setRole(target.value as typeof role)}>
          {roles.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <AddressField label="Address" name="account" value={filter[role]} />
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

function Cells({ item }: { item: InferenceRequestSummary }) {
  const { requestId, state, modelId, finality, fee, cover, token, beneficiary, coversItself, requester, prover } = item;
  return (
    <>
      <th scope="row">
        <Hash value={requestId} what="request" href={`/requests/${requestId}`} />
        <div className="second">
          <Time at={item.requested.timestamp} />
        </div>
      </th>
      <td>
        <RequestStatus state={state} />
      </td>
      <td>{cardOf(modelId)?.name ?? <code title={modelId}>{short(modelId)}</code>}</td>
      <td>
        <Money amount={fee} token={token} />
        <div className="second">once {finality}</div>
      </td>
      <td>
        {beneficiary === null ? (
          "none"
        ) : (
          <>
            <Money amount={cover} token={token} />
            {coversItself && " (covers itself: nobody)"}
            <div className="second">
              for <Account address={beneficiary} copy={false} />
            </div>
          </>
        )}
      </td>
      <td>
        <Account address={requester} copy={false} />
      </td>
      <td>{prover === null ? nobodyIn(state) : <Account address={prover} copy={false} />}</td>
    </>
  );
}
