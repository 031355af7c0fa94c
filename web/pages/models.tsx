import { Link } from "wouter";
import type { Model } from "../../sdk/wire.ts";
import { useModels } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { bytesOf, countOf, percentOf } from "../cards/share.ts";
import { shapeOf } from "../check/elements.ts";
import { Account } from "../components/account.tsx";
import { More } from "../components/more.tsx";
import { Page } from "../components/page.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { plural, short } from "../format.ts";
import "../cards/cards.css";

/** All published models. */
export default function ModelsPage() {
  const query = useModels();
  return (
    <Page title="Models">
      <p>
        A model is named by what it is made of: its file, its runtime, its layers. Anyone may publish one. Everything
        else about it comes from its publisher, and no contract checks it.
      </p>
      <p>
        <Link href="/boards">Which models are used most</Link>
      </p>
      <Answered query={query} what="the models">
        {({ pages }) => {
          const models = pages.flatMap(({ items }) => items);
          if (models.length === 0) return <Empty>No model was published yet.</Empty>;
          return (
            <>
              <ul className="models">
                {models.map((model) => (
                  <li key={model.modelId} className="card">
                    <Summary model={model} />
                  </li>
                ))}
              </ul>
              <More query={query} what="models" />
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

function Summary({ model: { modelId, kind, layout, cid, publisher, published } }: { model: Model }) {
  const card = cardOf(modelId);
  return (
    <>
      <h2>
        <Link href={`/models/${modelId}`}>{card?.name ?? `Model ${short(modelId)}`}</Link>
      </h2>
      <p>{card?.task ?? "This page has no card for it."}</p>
      <dl>
        <dt>Kind</dt>
        <dd>{kind === "integer" ? `integer, ${layout?.widths.join("-") ?? "unreadable"}` : kind}</dd>
        <dt>Takes, gives</dt>
        <dd>{layout ? `${shapeOf(layout.input)} → ${shapeOf(layout.output)}` : "unreadable"}</dd>
        {card && (
          <>
            <dt>Accuracy, by its publisher</dt>
            <dd>{percentOf(card.accuracy)}</dd>
          </>
        )}
        <dt>Size</dt>
        <dd>{sizesOf(layout?.widths ?? [], card?.artifactBytes)}</dd>
        <dt>CID</dt>
        <dd>
          <code>{cid}</code>
        </dd>
        <dt>Published</dt>
        <dd>
          <Time at={published.timestamp} /> by <Account address={publisher} copy={false} />
        </dd>
      </dl>
    </>
  );
}

/** The size of an integer model by the chain, and of its file by its card. */
function sizesOf(widths: readonly number[], fileBytes: number | undefined): string {
  const { weights } = countOf(widths);
  const sizes = [
    ...(weights > 0 ? [plural(weights, "weight")] : []),
    ...(fileBytes === undefined ? [] : [`${bytesOf(fileBytes)} of ONNX, by its publisher`]),
  ];
  return sizes.join(", ") || "known once the file is fetched";
}
