import { Page } from "../components/page.tsx";

export default function ModelPage() {
  return <Page title="Model">{null}</Page>;
}
