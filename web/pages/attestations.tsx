import { Page } from "../components/page.tsx";

export default function AttestationsPage() {
  return <Page title="Attestations">{null}</Page>;
}
