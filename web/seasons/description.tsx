import { useQuery } from "@tanstack/react-query";
import { cidOfUri } from "../../sdk/content.ts";
import { Said } from "../components/said.tsx";
import { Texts } from "../components/texts.tsx";
import { server } from "../prefix.ts";
import { fetchMetadata } from "./metadata.ts";

/** What the organiser says of a season: a stranger's text, shown as text. */
export function Description({ uri }: { uri: string | null }) {
  const cid = cidOfUri(uri);
  const { data, error } = useQuery({
    queryKey: ["metadata", cid],
    queryFn: () => fetchMetadata(server(), cid as string),
    enabled: cid !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
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
