import type { Season } from "../../sdk/wire.ts";
import { Copy } from "../components/copy.tsx";
import { server } from "../prefix.ts";

/** How another site shows a season: a widget in a frame, and a picture. */
export function Share({ season: { seasonId } }: { season: Season }) {
  const [widget, card] = [`${server()}/embed/top/${seasonId}`, `${server()}/embed/card/${seasonId}.png`];
  const frame = `<iframe src="${widget}" title="Top ten of season ${seasonId}" width="420" height="460"></iframe>`;
  return (
    <section aria-labelledby="share-heading">
      <h2 id="share-heading">Show it elsewhere</h2>
      <p>
        The <a href={widget}>top ten</a> for a frame of another page, without scripts, and a <a href={card}>picture</a>{" "}
        of the first five. Both are as this server has them now.
      </p>
      <p>
        <code className="whole">{frame}</code> <Copy text={frame} what="the frame" />
      </p>
    </section>
  );
}
