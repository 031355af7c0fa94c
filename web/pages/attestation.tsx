import { Page } from "../components/page.tsx";

export default function AttestationPage() {
  return <Page title="Attestation">{null}</Page>;
}
