import { Page } from "../components/page.tsx";

export default function SeasonsPage() {
  return <Page title="Seasons">{null}</Page>;
}
