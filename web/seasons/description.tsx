import { Said } from "../components/said.tsx";
import { Texts } from "../components/texts.tsx";
import { useMetadata } from "./metadata.ts";

/** What the organiser says of a season: a stranger's text, shown as text. */
export function Description({ uri }: { uri: string | null }) {
  const { data, error } = useMetadata(uri);
  const { title, description, prize, link } = data ?? {};
  const said = [
    ["The organiser calls it", title],
    ["and says of it", description],
    ["and of its prize", prize],
  ] as const;
  return (
    <>
      <Said items={said} />
      {link !== undefined && (
        <>
          <dt>More, says the organiser, at</dt>
          <dd>
            <Texts items={[link]} none="nowhere" />
          </dd>
        </>
      )}
      <dt>Organiser's description at</dt>
      <dd>
        <Texts items={uri ? [uri] : []} none="nowhere" />
        {error && <>It can't be shown: {error.message}</>}
      </dd>
    </>
  );
}
