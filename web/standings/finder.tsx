import { type FormEvent, useState } from "react";
import { useSearchParams } from "wouter";
import type { Season } from "../../sdk/wire.ts";
import { announce } from "../components/live.tsx";
import { group } from "../format.ts";
import { addressIn, setMe, useMe } from "../me.ts";
import { prefixIn, usePlace } from "./place.ts";

interface FinderProps {
  seasonId: string;
  seasons: readonly Season[];
  total: number;
  /** The visitor's own rank; undefined without one. */
  ownRank: number | undefined;
  onRank: (rank: number) => void;
  onMe: (rank: number) => void;
}

/** Finds a row: by the beginning of an address, by rank, or the visitor's own. */
export function Finder({ seasonId, seasons, total, ownRank, onRank, onMe }: FinderProps) {
  return (
    <div className="finder">
      {seasons.length > 1 && <SeasonChoice {...{ seasonId, seasons }} />}
      <Search />
      <JumpToRank total={total} onRank={onRank} />
      <JumpToMe ownRank={ownRank} onMe={onMe} />
      <a className="button" href={`/v1/seasons/${seasonId}/standings.csv`} download>
        CSV
      </a>
    </div>
  );
}

function SeasonChoice({ seasonId, seasons }: Pick<FinderProps, "seasonId" | "seasons">) {
  const [, setSearch] = useSearchParams();
  return (
    <label>
      Season{" "}
      <select value={seasonId} onChange={({ target }) => setSearch({ season: target.value })}>
        {seasons.map(({ seasonId: id, state }) => (
          <option key={id} value={id}>
            {id} ({state})
          </option>
        ))}
      </select>
    </label>
  );
}

const PREFIX = "(0[xX])?[0-9a-fA-F]{1,40}";

function Search() {
  const [{ prefix }, move] = usePlace();
  const [text, setText] = useState(prefix ?? "");
  // Going to a rank, or back, ends or changes a search.
  if (prefixIn(text) !== prefix?.toLowerCase()) setText(prefix ?? "");
  const search = (value: string): void => {
    setText(value);
    const wanted = prefixIn(value);
    move(wanted === undefined ? { prefix: undefined } : { prefix: wanted, rank: 1 }, true);
  };
  return (
    <search>
      <label>
        Find an address{" "}
        <input
          type="search"
          value={text}
          onChange={({ target }) => search(target.value)}
          pattern={PREFIX}
          placeholder="0x…"
          maxLength={42}
          spellCheck={false}
          autoComplete="off"
        />
      </label>
    </search>
  );
}

function JumpToRank({ total, onRank }: Pick<FinderProps, "total" | "onRank">) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const rank = Number(new FormData(event.currentTarget).get("rank"));
    if (rank >= 1) onRank(Math.min(rank, Math.max(1, total)));
  };
  return (
    <form onSubmit={submit}>
      <label>
        Rank{" "}
        <input
          type="number"
          name="rank"
          min={1}
          max={Math.max(1, total)}
          step={1}
          required
          placeholder={`1–${group(total)}`}
        />
      </label>{" "}
      <button type="submit">Go</button>
    </form>
  );
}

function JumpToMe({ ownRank, onMe }: Pick<FinderProps, "ownRank" | "onMe">) {
  const me = useMe();
  const [asking, setAsking] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const address = addressIn(String(new FormData(event.currentTarget).get("me")).trim());
    if (address === undefined) announce("That is no address.");
    else setMe(address);
    setAsking(address === undefined);
  };
  if (me === undefined && asking)
    return (
      <form onSubmit={submit}>
        <label>
          My address{" "}
          <input
            name="me"
            required
            pattern="0[xX][0-9a-fA-F]{40}"
            placeholder="0x…"
            spellCheck={false}
            autoComplete="off"
          />
        </label>{" "}
        <button type="submit">Keep</button>
      </form>
    );
  if (me === undefined)
    return (
      <button type="button" onClick={() => setAsking(true)}>
        Which row is mine?
      </button>
    );
  if (ownRank === undefined) return <span className="muted">You have no points in this season yet.</span>;
  return (
    <button type="button" onClick={() => onMe(ownRank)}>
      Jump to me, rank {group(ownRank)}
    </button>
  );
}
