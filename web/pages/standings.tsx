import { Page } from "../components/page.tsx";

export default function StandingsPage() {
  return <Page title="Standings">{null}</Page>;
}
