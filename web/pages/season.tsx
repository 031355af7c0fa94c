import { Page } from "../components/page.tsx";

export default function SeasonPage() {
  return <Page title="Season">{null}</Page>;
}
