import { type FormEvent, useState } from "react";
import type { Season, Standing } from "../../sdk/wire.ts";
import { announce } from "../components/live.tsx";
import { group } from "../format.ts";
import { addressIn, setMe, useMe } from "../me.ts";
import { server } from "../prefix.ts";
import { SeasonChoice } from "../seasons/choice.tsx";
import { MOST_TYPED, nameIn, prefixIn, soughtIn, useView } from "./view.ts";

interface FinderProps {
  seasonId: string;
  seasons: readonly Season[];
  total: number;
  /** The visitor's own standing; undefined without one. */
  own: Standing | undefined;
  onPlace: (place: number) => void;
  onMe: (place: number) => void;
}

/** Finds a row: by the beginning of an address or a name, by place, or the visitor's own. */
export function Finder({ seasonId, seasons, total, own, onPlace, onMe }: FinderProps) {
  return (
    <div className="finder">
      <SeasonChoice {...{ seasonId, seasons }} />
      <Search />
      <JumpToPlace total={total} onPlace={onPlace} />
      <JumpToMe own={own} onMe={onMe} />
      <a className="button" href={`${server()}/v1/seasons/${seasonId}/standings.csv`} download>
        CSV
      </a>
    </div>
  );
}

function Search() {
  const [view, move] = useView();
  const [text, setText] = useState(soughtIn(view) ?? "");
  // Going to a place, or back, ends the search or changes it.
  if (prefixIn(text) !== view.prefix?.toLowerCase() || nameIn(text) !== view.name) setText(soughtIn(view) ?? "");
  const search = (value: string): void => {
    setText(value);
    // Digits and letters may begin either.
    const wanted = { prefix: prefixIn(value), name: nameIn(value) };
    move(soughtIn(wanted) === undefined ? wanted : { ...wanted, place: 1 }, true);
  };
  return (
    <search>
      <label>
        Find an account{" "}
        <input
          type="search"
          value={text}
          onChange={({ target }) => search(target.value)}
          placeholder="0x… or a name"
          maxLength={MOST_TYPED}
          dir="auto"
          spellCheck={false}
          autoComplete="off"
        />
      </label>
    </search>
  );
}

function JumpToPlace({ total, onPlace }: Pick<FinderProps, "total" | "onPlace">) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const place = Number(new FormData(event.currentTarget).get("place"));
    if (place >= 1) onPlace(Math.min(place, Math.max(1, total)));
  };
  return (
    <form onSubmit={submit}>
      <label>
        Place{" "}
        <input
          type="number"
          name="place"
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

function JumpToMe({ own, onMe }: Pick<FinderProps, "own" | "onMe">) {
  const me = useMe();
  const [asking, setAsking] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const address = addressIn(String(new FormData(event.currentTarget).get("me")).trim());
    if (address === undefined) announce("That isn't an address.");
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
  if (own === undefined) return <span className="muted">You have no points in this season yet.</span>;
  return (
    <button type="button" onClick={() => onMe(own.place)}>
      Jump to me, rank {group(own.rank)}
    </button>
  );
}
