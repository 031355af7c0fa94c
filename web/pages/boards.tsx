import type { ReactNode } from "react";
import { Link, useSearchParams } from "wouter";
import type { ModelBoard, PublisherBoard, UsedFor } from "../../sdk/wire.ts";
import { useAnswer } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { percentOf } from "../cards/share.ts";
import { Account } from "../components/account.tsx";
import { Num } from "../components/num.tsx";
import { Page } from "../components/page.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { short } from "../format.ts";

/** What units are counted for: `seasons`, or the answers that others paid for. */
type Purpose = "seasons" | "requests";

/** Seconds after which they are asked again: the stream doesn't tell of units by model. */
const AGAIN = 30;

/** Models and publishers by verified use. */
export default function BoardsPage() {
  const [search, setSearch] = useSearchParams();
  const by: Purpose = search.get("by") === "requests" ? "requests" : "seasons";
  const models = useAnswer<ModelBoard>(`/v1/boards/models?by=${by}`, () => AGAIN);
  const publishers = useAnswer<PublisherBoard>(`/v1/boards/publishers?by=${by}`, () => AGAIN);
  return (
    <Page title="Most used models">
      <p>
        By units that were verified. What an organiser's season asks for and what somebody paid for are counted apart.
        Anyone can pay for requests of their own.
      </p>
      <p className="controls">
        <label>
          Sorted by use for{" "}
          <select value={by} onChange={({ target }) => setSearch({ by: target.value })}>
            <option value="seasons">seasons</option>
            <option value="requests">requests</option>
          </select>
        </label>
      </p>
      <Answered query={models} what="the models">
        {({ items }) => (
          <Board
            caption="Models"
            rows={items.map((item) => ({
              ...item,
              key: item.modelId,
              name: <Link href={`/models/${item.modelId}`}>{cardOf(item.modelId)?.name ?? short(item.modelId)}</Link>,
            }))}
          />
        )}
      </Answered>
      <Answered query={publishers} what="the publishers">
        {({ items }) => (
          <Board
            caption="Publishers, all models of each together"
            rows={items.map((item) => ({ ...item, key: item.publisher, name: <Account address={item.publisher} /> }))}
          />
        )}
      </Answered>
    </Page>
  );
}

interface BoardRow {
  key: string;
  name: ReactNode;
  seasons: UsedFor;
  requests: UsedFor;
}

function Board({ caption, rows }: { caption: string; rows: readonly BoardRow[] }) {
  if (rows.length === 0) return <Empty>{caption}: no unit of this use was verified yet.</Empty>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scroll" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              Name
            </th>
            {["In seasons", "By requests"].map((purpose) => (
              <th key={purpose} scope="colgroup" colSpan={3} className="number">
                {purpose}
              </th>
            ))}
          </tr>
          <tr>
            {["in seasons", "by requests"].flatMap((purpose) =>
              ["Verified", "Provers", "Refuted"].map((what) => (
                <th key={`${what} ${purpose}`} scope="col" className="number" title={`${titles[what]} ${purpose}`}>
                  {what}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, seasons, requests }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              <Counts of={seasons} />
              <Counts of={requests} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const titles: Readonly<Record<string, string>> = {
  Verified: "Units that were verified",
  Provers: "Accounts with a verified unit",
  Refuted: "Share of the decided units that was refuted",
};

function Counts({ of: { verified, refuted, provers } }: { of: UsedFor }) {
  const decided = verified + refuted;
  return (
    <>
      <td className="number">
        <Num value={verified} />
      </td>
      <td className="number">
        <Num value={provers} />
      </td>
      <td className="number num">{decided === 0 ? "–" : percentOf(refuted / decided)}</td>
    </>
  );
}
