import { useQuery } from "@tanstack/react-query";
import { cidOfUri } from "../../sdk/content.ts";
import type { ModelCard } from "../../sdk/modelCard.ts";
import type { Model } from "../../sdk/wire.ts";
import { Said } from "../components/said.tsx";
import { Empty, Loading } from "../components/states.tsx";
import { Texts } from "../components/texts.tsx";
import { server } from "../prefix.ts";
import { fetchCard } from "./fetch.ts";
import { percentOf } from "./share.ts";

/** The card whose address is the publication's uri: a stranger's text, shown as text. */
export function PublishedCard({ model: { modelId, uris, cid } }: { model: Model }) {
  const [first] = uris;
  const card = cidOfUri(first);
  const hasCard = card !== undefined && card !== cid;
  const { data, error } = useQuery({
    queryKey: ["card", card],
    queryFn: () => fetchCard(server(), card as string, modelId),
    enabled: hasCard,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (!hasCard) return <Empty>Its publisher gave this model no card.</Empty>;
  if (error) return <Empty>The publisher's card can't be shown: {error.message}</Empty>;
  if (data === undefined) return <Loading what="the publisher's card" />;
  return <Claimed card={data} />;
}

function Claimed({ card: { title, task, data, licence, labels, accuracy } }: { card: ModelCard }) {
  const texts = [
    ["Title", title],
    ["Task", task],
    ["Data", data],
    ["Licence", licence],
  ] as const;
  return (
    <section aria-labelledby="claims-heading">
      <h2 id="claims-heading">What its publisher claims</h2>
      <p className="note">Nobody has checked this: whoever wants to know runs the model.</p>
      <dl className="card">
        <Said items={texts} />
        {accuracy !== undefined && (
          <>
            <dt>Accuracy</dt>
            <dd>{percentOf(accuracy)} of samples that the publisher chose</dd>
          </>
        )}
        {labels.length > 0 && (
          <>
            <dt>Outputs</dt>
            <dd>
              <Texts items={labels} none="without names" />
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
